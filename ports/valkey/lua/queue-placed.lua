-- Forgets matches whose rooms are committed.
-- KEYS  see queue.lua
-- ARGV  match ids
-- Answer nothing

local users, ids = {}, {}
for i, row in ipairs(redis.call('HMGET', PENDING, unpack(ARGV))) do
  if row then
    local first, second = string.match(row, '^.-\n(.-)\n(.-)\n')
    users[#users + 1], users[#users + 2] = first, second
    ids[#ids + 1] = ARGV[i]
  end
end
if #ids > 0 then
  redis.call('HDEL', TICKETS, unpack(users))
  redis.call('HDEL', PENDING, unpack(ids))
end
