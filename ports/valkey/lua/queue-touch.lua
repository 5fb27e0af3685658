-- Notes a player's node, or since when they are absent.
-- KEYS  see queue.lua
-- ARGV  1 user  2 node  3 absent since ms, or nothing
-- Answer 1 | 0 (no ticket)

local ticket = read_ticket(ARGV[1])
if not ticket then return 0 end
ticket.node, ticket.absent = ARGV[2], ARGV[3]
ticket.row = table.concat({ ticket.id, ticket.mode, ticket.rating, ticket.absent, ticket.node, ticket.rest }, '\n')
redis.call('HSET', TICKETS, ticket.user, ticket.row)
if is_waiting(ticket) then
  set_absent(ticket)
  note_changes({ { ticket.user, ticket.row } })
end
return 1
