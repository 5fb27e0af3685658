-- Creates a shard that never existed. A repeat by the same claim is answered again.
-- KEYS  1 {s:ID}:head
-- ARGV  1 owner  2 nonce  3 lease ms
-- Answer {'opened', run id} | {'exists'}

local head = read_head(KEYS[1])
local run, lease = run_id(), now_ms() + tonumber(ARGV[3])
if head then
  if head.dead or head.epoch ~= 1 or head.nonce ~= ARGV[2] then return { 'exists' } end
  redis.call('HSET', KEYS[1], 'lease', lease, 'run', run)
  return { 'opened', run }
end
redis.call('HSET', KEYS[1], 'epoch', 1, 'nonce', ARGV[2], 'owner', ARGV[1], 'lease', lease, 'seq', 0, 'run', run,
  'floor', 1, 'graced', 0, 'refused', '')
return { 'opened', run }
