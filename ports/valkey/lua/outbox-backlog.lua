-- What each destination has not acknowledged; forgets readers that are long gone and hold nothing.
-- KEYS  {s:ID}:results, several of one slot, or of one server that is no cluster
-- ARGV  1 ms after which a silent reader is gone  then the destinations
-- Answer {count, age of the oldest in ms, ...}, in the order of the destinations

local now, answer = now_ms(), {}
for d = 2, #ARGV do
  answer[#answer + 1] = 0
  answer[#answer + 1] = 0
end

local function named(fields)
  local values = {}
  for i = 1, #fields, 2 do values[fields[i]] = fields[i + 1] end
  return values
end

local function add(d, count, oldest)
  local at = 2 * (d - 2) + 1
  local age = now - tonumber(string.match(oldest, '^(%d+)'))
  answer[at] = answer[at] + count
  answer[at + 1] = math.max(answer[at + 1], age)
end

local function after(key, id)
  local entry = redis.call('XRANGE', key, '(' .. id, '+', 'COUNT', 1)[1]
  return entry and entry[1]
end

for _, key in ipairs(KEYS) do
  local length = redis.call('EXISTS', key) == 1 and redis.call('XLEN', key) or 0
  local groups = {}
  if redis.call('EXISTS', key) == 1 then
    for _, fields in ipairs(redis.call('XINFO', 'GROUPS', key)) do
      local group = named(fields)
      groups[group.name] = group
      for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', key, group.name)) do
        local reader = named(consumer)
        if reader.pending == 0 and reader.idle > tonumber(ARGV[1]) then
          redis.call('XGROUP', 'DELCONSUMER', key, group.name, reader.name)
        end
      end
    end
  end
  if length > 0 then
    for d = 2, #ARGV do
      local group = groups[ARGV[d]]
      if not group then add(d, length, after(key, '0-0'))
      else
        local unread = after(key, group['last-delivered-id'])
        local oldest = group.pending > 0 and redis.call('XPENDING', key, ARGV[d])[2] or unread
        -- The store does not know how many are unread when some were dropped: then at most all.
        local lag = unread and (group.lag or length) or 0
        if oldest then add(d, group.pending + lag, oldest) end
      end
    end
  end
end
return answer
