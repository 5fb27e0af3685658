-- Results that a destination has not acknowledged: first those whose reader died, then new ones. They are this reader's for a while.
-- KEYS  1 {s:ID}:results
-- ARGV  1 destination (the stream's group)  2 reader  3 count  4 ms after which a silent reader's entries are given away
-- Answer {run id, entry id, game id, result, ...}

local key, group, reader, count = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local answer = { string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') }

local function add(entries)
  for _, entry in ipairs(entries) do
    local fields = entry[2]
    answer[#answer + 1] = entry[1]
    answer[#answer + 1] = fields[2]
    answer[#answer + 1] = fields[4]
  end
  count = count - #entries
end

if redis.call('EXISTS', key) == 0 then return answer end
redis.pcall('XGROUP', 'CREATE', key, group, 0) -- refused when it is there
add(redis.call('XAUTOCLAIM', key, group, reader, ARGV[4], 0, 'COUNT', count)[2])
if count > 0 then
  local new = redis.call('XREADGROUP', 'GROUP', group, reader, 'COUNT', count, 'STREAMS', key, '>')
  if new then add(new[1][2]) end
end
return answer
