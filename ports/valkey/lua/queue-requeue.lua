-- Undoes a match: some of its tickets wait again, the others are dropped.
-- KEYS  see queue.lua
-- ARGV  1 match id, then users whose tickets wait again
-- Answer nothing

local keep = {}
for i = 2, #ARGV do keep[ARGV[i]] = true end
for _, user in ipairs({ read_pair(ARGV[1]) }) do
  local ticket = read_ticket(user)
  if keep[user] then
    redis.call('ZREM', TAKEN, ticket.id)
    start_waiting(ticket)
  else
    redis.call('HDEL', TICKETS, user)
  end
end
redis.call('HDEL', PENDING, ARGV[1])
