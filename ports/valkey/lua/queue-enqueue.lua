-- Tickets begin to wait.
-- KEYS  see queue.lua
-- ARGV  for each ticket: 1 user  2 ticket id  3 mode  4 rating  5 absent since ms, or nothing  6 row
-- Answer {1 (it waits, or it did: a repeat) | 0 (the player has another one), ...}, one a ticket

local answers, users, ids = {}, {}, {}
for at = 0, #ARGV - 6, 6 do
  users[#users + 1], ids[#ids + 1] = ARGV[at + 1], ARGV[at + 2]
end
local rows = redis.call('HMGET', TICKETS, unpack(users))
-- A late repeat of a ticket whose game has begun.
local taken = redis.call('ZMSCORE', TAKEN, unpack(ids))
local let_in, fields, changed = {}, {}, {}
local scored = { casual = {}, ranked = {} }

for i, user in ipairs(users) do
  local at = (i - 1) * 6
  local mode, rating, absent, row = ARGV[at + 3], ARGV[at + 4], ARGV[at + 5], ARGV[at + 6]
  local known = let_in[user] or (rows[i] and string.match(rows[i], '^(.-)\n'))
  if known or taken[i] then
    answers[i] = (not known or known == ids[i]) and 1 or 0
  else
    answers[i], let_in[user] = 1, ids[i]
    fields[#fields + 1], fields[#fields + 2] = user, row
    table.insert(scored[mode], rating)
    table.insert(scored[mode], user)
    changed[#changed + 1] = { user, row }
    if absent ~= '' then redis.call('ZADD', ABSENT, absent, user) end
  end
end
if #changed == 0 then return answers end

redis.call('HSET', TICKETS, unpack(fields))
for mode, members in pairs(scored) do
  if #members > 0 then redis.call('ZADD', WAITING[mode], unpack(members)) end
end
note_changes(changed)
return answers
