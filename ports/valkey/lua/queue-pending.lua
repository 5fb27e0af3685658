-- Matches whose room is not committed yet, with their tickets as they are now.
-- KEYS  see queue.lua
-- Answer {match row, ticket row, ticket row, ...}, in no order

local found = {}
for _, row in ipairs(redis.call('HVALS', PENDING)) do
  local first, second = string.match(row, '^.-\n(.-)\n(.-)\n')
  found[#found + 1] = row
  found[#found + 1] = redis.call('HGET', TICKETS, first)
  found[#found + 1] = redis.call('HGET', TICKETS, second)
end
return found
