-- Moves pairs of waiting tickets into pending matches, each pair wholly or not at all.
-- KEYS  see queue.lua
-- ARGV  1 leader's epoch  2 taken ids are kept for ms, then for each match:
--       1 match id  2 user and 3 ticket id  4 user and 5 ticket id  6 JSON of the match
-- Answer {'taken' | 'gone' (one of them waits no more, or is absent) | 'fenced', ...}, one a match

local answers = {}
local count = (#ARGV - 2) / 6
if redis.call('HGET', LEADER, 'epoch') ~= ARGV[1] then
  for i = 1, count do answers[i] = 'fenced' end
  return answers
end

local matches, users = {}, {}
for i = 1, count do
  local at = 2 + (i - 1) * 6
  matches[i] = ARGV[at + 1]
  users[2 * i - 1], users[2 * i] = ARGV[at + 2], ARGV[at + 4]
end
local known = redis.call('HMGET', PENDING, unpack(matches))
local rows = redis.call('HMGET', TICKETS, unpack(users))
local scores = {}
for mode, queue in pairs(WAITING) do scores[mode] = redis.call('ZMSCORE', queue, unpack(users)) end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- What one pair of this call has taken, no other one may.
local pending, taken, changed, seen = {}, {}, {}, {}
local gone = { casual = {}, ranked = {} }

-- The mode of a ticket that may be taken, else nil.
local function mode_of(place, id)
  local row, user = rows[place], users[place]
  if not row or seen[user] then return nil end
  local its_id, mode, absent = string.match(row, '^(.-)\n(.-)\n.-\n(.-)\n')
  if its_id == id and absent == '' and scores[mode][place] then return mode end
end

for i = 1, count do
  local at = 2 + (i - 1) * 6
  if known[i] or seen[matches[i]] then
    answers[i] = 'taken'
  else
    local first, second = mode_of(2 * i - 1, ARGV[at + 3]), mode_of(2 * i, ARGV[at + 5])
    if not first or not second or ARGV[at + 2] == ARGV[at + 4] then
      answers[i] = 'gone'
    else
      answers[i] = 'taken'
      seen[matches[i]], seen[ARGV[at + 2]], seen[ARGV[at + 4]] = true, true, true
      table.insert(gone[first], ARGV[at + 2])
      table.insert(gone[second], ARGV[at + 4])
      for ticket = 2, 4, 2 do
        taken[#taken + 1], taken[#taken + 2] = now, ARGV[at + ticket + 1]
        changed[#changed + 1] = { ARGV[at + ticket], '' }
      end
      pending[#pending + 1] = i
    end
  end
end
if #pending == 0 then return answers end

redis.call('ZREMRANGEBYSCORE', TAKEN, '-inf', now - tonumber(ARGV[2]))
redis.call('ZADD', TAKEN, unpack(taken))
for mode, members in pairs(gone) do
  if #members > 0 then redis.call('ZREM', WAITING[mode], unpack(members)) end
end
note_changes(changed)
local number = redis.call('HINCRBY', LEADER, 'matches', #pending) - #pending
local fields = {}
for n, i in ipairs(pending) do
  local at = 2 + (i - 1) * 6
  fields[#fields + 1], fields[#fields + 2] =
    matches[i], table.concat({ number + n, ARGV[at + 2], ARGV[at + 4], ARGV[at + 6] }, '\n')
end
redis.call('HSET', PENDING, unpack(fields))
return answers
