-- Notes routes; one whose epoch is not above the stored one changes nothing, unless it leads to a living node and the stored one does not.
-- KEYS  1 {n}:routes (hash: shard -> 'epoch node')  2 {n}:alive (sorted set: node by the end of its row, ms)
-- ARGV  shard, epoch, node of each route
-- Answer nothing

local now = now_ms()
local function lives(node)
  local until_ms = redis.call('ZSCORE', KEYS[2], node)
  return until_ms and tonumber(until_ms) > now
end

for i = 1, #ARGV, 3 do
  local stored = redis.call('HGET', KEYS[1], ARGV[i])
  local epoch, node
  if stored then epoch, node = string.match(stored, '^(%d+) (.*)$') end
  local differs = node and node ~= ARGV[i + 2]
  if not epoch or tonumber(epoch) < tonumber(ARGV[i + 1]) or (differs and lives(ARGV[i + 2]) and not lives(node)) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1] .. ' ' .. ARGV[i + 2])
  end
end
