-- One batch of changed games of a shard: checks everything, then writes, `seq` last. Hot: plain updates are one HSET.
-- KEYS  1 {s:ID}:head  2 {s:ID}:rooms  3 {s:ID}:done  4 {s:ID}:results
-- ARGV  1 epoch  2 nonce  3 seq  4 number of plain updates
--       then for each update: game id, record
--       then for each other change: game id, record, create (0 | 1), done (0 | 1), result ('' = none)
-- Answer {'committed', refused ids, space between} | {'fenced'} | {'gap', seq}

local head = redis.call('HMGET', KEYS[1], 'epoch', 'nonce', 'seq', 'refused', 'dead')
if head[1] ~= ARGV[1] or head[2] ~= ARGV[2] or head[5] then return { 'fenced' } end
if head[3] == ARGV[3] then
  -- A repeat still writes, so that a durability wait covers the first one.
  redis.call('HSET', KEYS[1], 'seq', ARGV[3])
  return { 'committed', head[4] }
end
if tonumber(head[3]) + 1 ~= tonumber(ARGV[3]) then return { 'gap', tonumber(head[3]) } end

local rooms, done = KEYS[2], KEYS[3]
local updates_end = 4 + 2 * tonumber(ARGV[4])

local refused, refused_at = {}, {}
for i = updates_end + 1, #ARGV, 5 do
  if ARGV[i + 2] == '1' and
    (redis.call('HEXISTS', rooms, ARGV[i]) == 1 or redis.call('HEXISTS', done, ARGV[i]) == 1) then
    refused[#refused + 1] = ARGV[i]
    refused_at[i] = true
  end
end

-- A room of an update was committed before. If it is not there: finished games stay finished, a void gives way.
local function admit(id)
  local finished = redis.call('HGET', done, id)
  if finished == '' then redis.call('HDEL', done, id)
  elseif finished then redis.call('HDEL', rooms, id) end
end

if updates_end > 4 then
  local added = redis.call('HSET', rooms, unpack(ARGV, 5, updates_end))
  if added > 0 then
    for i = 5, updates_end, 2 do admit(ARGV[i]) end
  end
end
local ended = false
for i = updates_end + 1, #ARGV, 5 do
  local id, record = ARGV[i], ARGV[i + 1]
  if refused_at[i] then
    -- too late: the id is taken
  elseif ARGV[i + 3] == '1' then
    ended = true
    redis.call('HDEL', rooms, id)
    local known = redis.call('HGET', done, id)
    redis.call('HSET', done, id, record)
    if ARGV[i + 4] ~= '' and (not known or known == '') then
      redis.call('XADD', KEYS[4], '*', 'game', id, 'result', ARGV[i + 4])
    end
  else
    redis.call('HSET', rooms, id, record)
  end
end

-- When a game ended last: its record is kept for a while from then on, whoever owns the shard.
if ended then
  local time = redis.call('TIME')
  redis.call('HSET', KEYS[1], 'ended', time[1] * 1000 + math.floor(time[2] / 1000))
end
local ids = table.concat(refused, ' ')
if ids == head[4] then redis.call('HSET', KEYS[1], 'seq', ARGV[3])
else redis.call('HSET', KEYS[1], 'refused', ids, 'seq', ARGV[3]) end
return { 'committed', ids }
