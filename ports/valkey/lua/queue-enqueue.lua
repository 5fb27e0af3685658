-- A ticket begins to wait.
-- KEYS  see queue.lua
-- ARGV  1 user  2 ticket id  3 mode  4 rating  5 absent since ms, or nothing  6 row
-- Answer 1 (it waits, or it did: a repeat) | 0 (the player has another one)

local known = read_ticket(ARGV[1])
if known then return known.id == ARGV[2] and 1 or 0 end
-- A late repeat of a ticket whose game has begun.
if redis.call('ZSCORE', TAKEN, ARGV[2]) then return 1 end
redis.call('HSET', TICKETS, ARGV[1], ARGV[6])
start_waiting({ user = ARGV[1], mode = ARGV[3], rating = ARGV[4], absent = ARGV[5], row = ARGV[6] })
return 1
