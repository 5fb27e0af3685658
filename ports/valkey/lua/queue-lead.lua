-- Becomes or stays leader of the region, by this store's clock.
-- KEYS  see queue.lua
-- ARGV  1 leader  2 lease ms
-- Answer the epoch | nil (another one's lease holds)

local time = redis.call('TIME')
local now, lease = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(ARGV[2])
local held = redis.call('HMGET', LEADER, 'leader', 'epoch', 'until')
local epoch, till = tonumber(held[2] or 0), tonumber(held[3] or 0)
-- No lease outlasts a lease: if one does, this clock went back.
if till > now + lease then
  till = now + lease
  redis.call('HSET', LEADER, 'until', string.format('%.0f', till))
end
local holds = held[1] and now < till
if holds and held[1] ~= ARGV[1] then return nil end
-- The time in us, so that a failover to an older copy does not give an epoch twice.
if not holds then epoch = math.max(epoch + 1, time[1] * 1000000 + time[2]) end
redis.call('HSET', LEADER, 'leader', ARGV[1], 'epoch', string.format('%.0f', epoch), 'until',
  string.format('%.0f', now + lease))
return epoch
