-- Moves two waiting tickets into a pending match.
-- KEYS  see queue.lua
-- ARGV  1 leader's epoch  2 match id  3 user and 4 ticket id  5 user and 6 ticket id  7 JSON of the match  8 taken ids are kept for ms
-- Answer 'taken' | 'gone' (one of them waits no more, or is absent) | 'fenced'

if redis.call('HGET', LEADER, 'epoch') ~= ARGV[1] then return 'fenced' end
if redis.call('HEXISTS', PENDING, ARGV[2]) == 1 then return 'taken' end
local pair = {}
for i = 1, 2 do
  local ticket = read_ticket(ARGV[2 * i + 1])
  if not ticket or ticket.id ~= ARGV[2 * i + 2] or ticket.absent ~= '' or not is_waiting(ticket) then return 'gone' end
  pair[i] = ticket
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', TAKEN, '-inf', now - tonumber(ARGV[8]))
for _, ticket in ipairs(pair) do
  stop_waiting(ticket)
  redis.call('ZADD', TAKEN, now, ticket.id)
end
local number = redis.call('HINCRBY', LEADER, 'matches', 1)
redis.call('HSET', PENDING, ARGV[2], table.concat({ number, ARGV[3], ARGV[5], ARGV[7] }, '\n'))
return 'taken'
