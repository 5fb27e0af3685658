-- Results that a destination has not acknowledged: first those whose reader died, then new ones. They are this reader's for a while.
-- KEYS  {s:ID}:results, several of one slot, or of one server that is no cluster
-- ARGV  1 destination (the streams' group)  2 reader  3 count  4 ms after which a silent reader's entries are given away
-- Answer {run id, {number of the key, entry id, game id, result, ...}, ...}

local group, reader, count = ARGV[1], ARGV[2], tonumber(ARGV[3])
local answer = {}

for k, key in ipairs(KEYS) do
  if count == 0 then break end
  if redis.call('EXISTS', key) == 1 and redis.call('XLEN', key) > 0 then
    local found = { k }
    local function add(entries)
      for _, entry in ipairs(entries) do
        local fields = { game = '', result = '' } -- whatever a stranger may have appended
        for i = 1, #entry[2], 2 do fields[entry[2][i]] = entry[2][i + 1] end
        found[#found + 1] = entry[1]
        found[#found + 1] = fields.game
        found[#found + 1] = fields.result
      end
      count = count - #entries
    end
    redis.pcall('XGROUP', 'CREATE', key, group, 0) -- refused when it is there
    add(redis.call('XAUTOCLAIM', key, group, reader, ARGV[4], 0, 'COUNT', count)[2])
    if count > 0 then
      local new = redis.call('XREADGROUP', 'GROUP', group, reader, 'COUNT', count, 'STREAMS', key, '>')
      if new then add(new[1][2]) end
    end
    if #found > 1 then answer[#answer + 1] = found end
  end
end
-- Asked for only now: most reads of an idle outbox find nothing.
table.insert(answer, 1, #answer > 0 and string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or '')
return answer
