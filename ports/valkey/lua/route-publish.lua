-- Notes routes; one whose epoch is not above the stored one changes nothing.
-- KEYS  1 {n}:routes (hash: shard -> 'epoch node')
-- ARGV  shard, epoch, node of each route
-- Answer nothing

for i = 1, #ARGV, 3 do
  local stored = redis.call('HGET', KEYS[1], ARGV[i])
  local epoch = stored and tonumber(string.match(stored, '^%d+'))
  if not epoch or epoch < tonumber(ARGV[i + 1]) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1] .. ' ' .. ARGV[i + 2])
  end
end
