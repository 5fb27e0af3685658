-- Put in front of the scripts of the ticket queue. All keys of a region lie in one slot; each script is told all of them:
-- KEYS  1 {q:REGION}:tickets  hash: user -> ticket row 'id \n mode \n rating \n absent since ms, or nothing \n node \n JSON of the rest';
--                             waiting tickets and those of pending matches
--       2 {q:REGION}:casual   sorted set: users who wait, by rating
--       3 {q:REGION}:ranked   the same
--       4 {q:REGION}:absent   sorted set: users who wait and are absent, by since when
--       5 {q:REGION}:changes  stream, ids counted by `changes` below: user, and the ticket row, or nothing when it waits no more
--       6 {q:REGION}:leader   hash: leader, epoch, until (ms); born, changes and matches (counters)
--       7 {q:REGION}:pending  hash: match id -> 'number \n user \n user \n JSON'
--       8 {q:REGION}:taken    sorted set: ticket ids that a match took, by when
-- Effects are replicated, not scripts, so the time may differ elsewhere.

local TICKETS, ABSENT, CHANGES, LEADER, PENDING, TAKEN = KEYS[1], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local WAITING = { casual = KEYS[2], ranked = KEYS[3] }
-- Readers further behind read everything; some 8 MB.
local CHANGES_KEPT = 20000

-- A ticket as a table, nil when there is none.
local function read_ticket(user)
  local row = redis.call('HGET', TICKETS, user)
  if not row then return nil end
  local id, mode, rating, absent, node, rest = string.match(row, '^(.-)\n(.-)\n(.-)\n(.-)\n(.-)\n(.*)$')
  return { user = user, row = row, id = id, mode = mode, rating = rating, absent = absent, node = node, rest = rest }
end

local function is_waiting(ticket)
  return redis.call('ZSCORE', WAITING[ticket.mode], ticket.user)
end

-- Pairs of user and ticket row, or nothing when it waits no more.
local function note_changes(changed)
  local number = redis.call('HINCRBY', LEADER, 'changes', #changed) - #changed
  for i, change in ipairs(changed) do
    redis.call('XADD', CHANGES, 'MAXLEN', '~', CHANGES_KEPT, number + i, 'user', change[1], 'row', change[2])
  end
end

local function set_absent(ticket)
  if ticket.absent == '' then redis.call('ZREM', ABSENT, ticket.user)
  else redis.call('ZADD', ABSENT, ticket.absent, ticket.user) end
end

-- The row is in the hash already.
local function start_waiting(ticket)
  redis.call('ZADD', WAITING[ticket.mode], ticket.rating, ticket.user)
  if ticket.absent ~= '' then set_absent(ticket) end
  note_changes({ { ticket.user, ticket.row } })
end

-- The row stays in the hash.
local function stop_waiting(ticket)
  redis.call('ZREM', WAITING[ticket.mode], ticket.user)
  if ticket.absent ~= '' then redis.call('ZREM', ABSENT, ticket.user) end
  note_changes({ { ticket.user, '' } })
end

-- The users of a pending match; nothing when there is none.
local function read_pair(match)
  local row = redis.call('HGET', PENDING, match)
  if row then return string.match(row, '^.-\n(.-)\n(.-)\n') end
end
