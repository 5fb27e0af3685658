-- Removes a ticket that waits.
-- KEYS  see queue.lua
-- ARGV  1 user  2 ticket id
-- Answer 1 | 0 (there is none, or a match took it)

local ticket = read_ticket(ARGV[1])
if not ticket or ticket.id ~= ARGV[2] or not is_waiting(ticket) then return 0 end
stop_waiting(ticket)
redis.call('HDEL', TICKETS, ticket.user)
return 1
