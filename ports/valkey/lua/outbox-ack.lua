-- Entries are safe at a destination; trims what every destination has. After a failover the ids may be other entries: nothing happens.
-- KEYS  {s:ID}:results, several of one slot, or of one server that is no cluster
-- ARGV  1 run id under which they were read  2 destination  3 number of destinations  then their names
--       then for each key: number of entry ids, the ids
-- Answer 1 | 0 (another run)

if ARGV[1] ~= string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') then return 0 end
local destination, names_end = ARGV[2], 3 + tonumber(ARGV[3])

local function parts(id)
  local ms, seq = string.match(id, '(%d+)-(%d+)')
  return tonumber(ms), tonumber(seq)
end

-- Drops what is older than the oldest entry that some destination lacks.
local function trim(key)
  local groups = {}
  for _, fields in ipairs(redis.call('XINFO', 'GROUPS', key)) do
    local group = {}
    for i = 1, #fields, 2 do group[fields[i]] = fields[i + 1] end
    groups[group.name] = group
  end
  local min_ms, min_seq = math.huge, 0
  for i = 4, names_end do
    local group = groups[ARGV[i]]
    if not group then return end
    local ms, seq
    if group.pending > 0 then ms, seq = parts(redis.call('XPENDING', key, ARGV[i])[2])
    else
      ms, seq = parts(group['last-delivered-id'])
      seq = seq + 1
    end
    if ms < min_ms or (ms == min_ms and seq < min_seq) then min_ms, min_seq = ms, seq end
  end
  redis.call('XTRIM', key, 'MINID', '=', string.format('%.0f-%.0f', min_ms, min_seq))
end

local at = names_end + 1
for _, key in ipairs(KEYS) do
  local count = tonumber(ARGV[at])
  if redis.call('EXISTS', key) == 1 then
    redis.pcall('XGROUP', 'CREATE', key, destination, 0)
    redis.call('XACK', key, destination, unpack(ARGV, at + 1, at + count))
    trim(key)
  end
  at = at + 1 + count
end
return 1
