-- Who waits: what changed since the reader's last look, or everything when that is not known any more.
-- KEYS  see queue.lua
-- ARGV  1 history and 2 number of changes of the reader's last look
-- Answer {'changes' | 'all', history, number of changes, {user, row, user, row, ...}}

-- Another history after a restart, a failover (the copy may lack what the reader saw) or when the keys were deleted.
local time = redis.call('TIME')
redis.call('HSETNX', LEADER, 'born', time[1] .. '.' .. time[2])
local history = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') .. ' ' .. redis.call('HGET', LEADER, 'born')
local number = tonumber(redis.call('HGET', LEADER, 'changes') or 0)
local found = {}

local behind = number - tonumber(ARGV[2])
if ARGV[1] == history and behind >= 0 and behind <= CHANGES_KEPT then
  local entries = behind == 0 and {} or redis.call('XRANGE', CHANGES, '(' .. ARGV[2], '+')
  if #entries == behind then
    for _, entry in ipairs(entries) do
      found[#found + 1] = entry[2][2]
      found[#found + 1] = entry[2][4]
    end
    return { 'changes', history, number, found }
  end
end

for _, queue in pairs(WAITING) do
  local users = redis.call('ZRANGE', queue, 0, -1)
  for from = 1, #users, 1000 do
    local rows = redis.call('HMGET', TICKETS, unpack(users, from, math.min(from + 999, #users)))
    for i, row in ipairs(rows) do
      found[#found + 1] = users[from + i - 1]
      found[#found + 1] = row
    end
  end
end
return { 'all', history, number, found }
