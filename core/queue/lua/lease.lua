-- Takes, keeps, marks or gives back the lease of a node, which is its entry in the registry too.
--
-- KEYS     the node's lease, the placements
-- ARGV     verb (`take`, `keep`, `leave`, `release`), epoch, seconds to live, node, the state that the node remembers,
--          then the other fields of the registry with their values
-- Returns  the epoch in force, the seconds that it has left, `held` (by another), `kept`, `made` or `released`, and the
--          state that an operator has given the node, empty where this entry does not tell
--
-- take     `epoch` is the one that this node's state folder remembers: a lease with it belonged to a process that
--          is gone, and is taken over at once with a new epoch. Any other that is alive is left alone.
-- keep     only for the holder; a lease that ran out, or was lost with Redis's data, is taken up again as it was.
-- leave    the same for a node that stops: others see it as draining, which is nobody's wish for its next start. What
--          an operator wishes stays in `stopping` meanwhile, since the answer to this call may be lost.
--
-- `state` is an operator's and `tenants` the router's, so neither is written over: the one is told to the node, which
-- remembers it, the other is counted anew where the entry is.
--
-- Epochs are milliseconds of Redis's clock, raised above the last one, so that they rise over restarts, expiry and
-- the loss of all data alike.
local verb, epoch, ttl, node, state = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local lease, placements = KEYS[1], KEYS[2]
local held, given, stopping = unpack(redis.call('HMGET', lease, 'epoch', 'state', 'stopping'))
given = held and (stopping or given) or ''

if held and held ~= epoch then
  if verb == 'release' then return { '0', 0, 'released', '' } end
  return { held, redis.call('TTL', lease), 'held', '' }
end

if verb == 'release' then
  redis.call('DEL', lease)
  return { '0', 0, 'released', given }
end

if verb == 'take' then
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  epoch = string.format('%.0f', math.max(now, (tonumber(epoch) or 0) + 1))
  redis.call('HDEL', lease, 'stopping')
end

local fields = { 'epoch', epoch }
local function set(name, value)
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end

for i = 6, #ARGV, 2 do set(ARGV[i], ARGV[i + 1]) end
if verb == 'take' or not held then
  if given ~= '' then state = given end
  set('state', state)
  local tenants = 0
  for _, place in ipairs(redis.call('HVALS', placements)) do
    if place == node then tenants = tenants + 1 end
  end
  set('tenants', tenants)
end
if verb == 'leave' then
  set('state', 'draining')
  set('stopping', given ~= '' and given or state)
end
redis.call('HSET', lease, unpack(fields))
redis.call('EXPIRE', lease, ttl)
return { epoch, tonumber(ttl), held and 'kept' or 'made', given }
