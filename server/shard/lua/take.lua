-- The only other way to own a shard: a proof, then a higher epoch, the claimant's nonce and a new lease.
-- KEYS  1 {s:ID}:head
-- ARGV  1 proof (expired | transfer | reclaim)  2 epoch and 3 nonce of the proof's fence  4 seq and 5 run id of a reclaim
--       6 owner  7 nonce  8 lease ms  9 grace ms  10 epochs that a take after a grace skips
--       11 an epoch that this store may have forgotten: the new one is above it, and holders up to it may not reclaim
-- Answer {'taken', epoch, seq, run id} | {'held', owner, for ms} | {'grace', for ms} | {'missing'} | {'refused'}

local key, proof, nonce = KEYS[1], ARGV[1], ARGV[7]
local proof_epoch, proof_nonce = tonumber(ARGV[2]), ARGV[3]
local lease_ms, grace_ms, above = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[11])
local head, run, now = read_head(key), run_id(), now_ms()

local function grant(epoch, floor)
  redis.call('HSET', key, 'epoch', epoch, 'nonce', nonce, 'owner', ARGV[6], 'lease', now + lease_ms, 'run', run,
    'floor', floor, 'graced', 0)
  return { 'taken', epoch, head and head.seq or 0, run }
end

if not head then
  -- An empty restart: only a former owner who saw the run before may put the shard back.
  if proof ~= 'reclaim' then return { 'missing' } end
  if ARGV[5] == run then return { 'refused' } end
  redis.call('HSET', key, 'seq', 0, 'refused', '')
  local floor = math.max(proof_epoch, above)
  return grant(floor + 1, floor)
end
if head.dead then return { 'refused' } end
-- The same claim again: its answer was lost.
if head.nonce == nonce then return grant(head.epoch, head.floor) end

if proof == 'transfer' then
  if head.epoch ~= proof_epoch or head.nonce ~= proof_nonce then return { 'refused' } end
  local epoch = math.max(head.epoch, above) + 1
  return grant(epoch, epoch)
end
if proof == 'reclaim' then
  if not store_is_behind(head, proof_epoch, proof_nonce, tonumber(ARGV[4])) then return { 'refused' } end
  return grant(math.max(head.epoch, proof_epoch, above) + 1, math.max(proof_epoch, above))
end

if head.run ~= run then
  -- A failover since the lease was granted: the living owner comes first.
  redis.call('HSET', key, 'run', run, 'graced', 1, 'lease', now + lease_ms + grace_ms)
  return { 'grace', lease_ms + grace_ms }
end
-- No lease outlasts a lease: if one does, this clock went back.
local longest = now + lease_ms + (head.graced and grace_ms or 0)
if head.lease > longest then
  head.lease = longest
  redis.call('HSET', key, 'lease', longest)
end
if head.lease > now then
  if head.graced then return { 'grace', head.lease - now } end
  return { 'held', head.owner, head.lease - now }
end
local epoch = math.max(head.epoch + (head.graced and tonumber(ARGV[10]) or 1), above + 1)
return grant(epoch, epoch)
