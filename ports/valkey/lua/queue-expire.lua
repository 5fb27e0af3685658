-- Drops tickets that wait and are absent for too long.
-- KEYS  see queue.lua
-- ARGV  1 absent since before, ms  2 at most so many
-- Answer {user, row, user, row, ...}

local found = {}
for _, user in ipairs(redis.call('ZRANGEBYSCORE', ABSENT, '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])) do
  local ticket = read_ticket(user)
  stop_waiting(ticket)
  redis.call('HDEL', TICKETS, user)
  found[#found + 1] = user
  found[#found + 1] = ticket.row
end
return found
