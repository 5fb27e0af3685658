-- Entries are safe at a destination; trims what every destination has. After a failover the ids may be other entries: nothing happens.
-- KEYS  1 {s:ID}:results
-- ARGV  1 run id under which they were read  2 destination  3 number of destinations  then their names, then entry ids
-- Answer 1 | 0 (another run)

local key = KEYS[1]
if ARGV[1] ~= string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') then return 0 end
if redis.call('EXISTS', key) == 0 then return 1 end
local first_id = 4 + tonumber(ARGV[3])
redis.pcall('XGROUP', 'CREATE', key, ARGV[2], 0)
redis.call('XACK', key, ARGV[2], unpack(ARGV, first_id))

local groups = {}
for _, fields in ipairs(redis.call('XINFO', 'GROUPS', key)) do
  local group = {}
  for i = 1, #fields, 2 do group[fields[i]] = fields[i + 1] end
  groups[group.name] = group
end

local function parts(id)
  local ms, seq = string.match(id, '(%d+)-(%d+)')
  return tonumber(ms), tonumber(seq)
end

-- The oldest entry that some destination lacks.
local min_ms, min_seq = math.huge, 0
for i = 4, first_id - 1 do
  local group = groups[ARGV[i]]
  if not group then return 1 end
  local ms, seq
  if group.pending > 0 then ms, seq = parts(redis.call('XPENDING', key, ARGV[i])[2])
  else
    ms, seq = parts(group['last-delivered-id'])
    seq = seq + 1
  end
  if ms < min_ms or (ms == min_ms and seq < min_seq) then min_ms, min_seq = ms, seq end
end
redis.call('XTRIM', key, 'MINID', '=', string.format('%.0f-%.0f', min_ms, min_seq))
return 1
