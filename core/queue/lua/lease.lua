-- Takes, keeps or gives back the lease of a node, which is its entry in the registry too.
--
-- KEYS[1]  the node's lease
-- ARGV     verb (`take`, `keep`, `release`), epoch, seconds to live, then the fields of the registry with their values
-- Returns  the epoch in force, the seconds that it has left, and `held` (by another), `kept`, `made` or `released`
--
-- take     `epoch` is the one that this node's state folder remembers: a lease with it belonged to a process that
--          is gone, and is taken over at once with a new epoch. Any other that is alive is left alone.
-- keep     only for the holder; a lease that ran out, or was lost with Redis's data, is taken up again as it was.
--
-- Epochs are milliseconds of Redis's clock, raised above the last one, so that they rise over restarts, expiry and
-- the loss of all data alike.
local verb, epoch, ttl = ARGV[1], ARGV[2], ARGV[3]
local lease = KEYS[1]
local held = redis.call('HGET', lease, 'epoch')

if verb == 'release' then
  if held == epoch then redis.call('DEL', lease) end
  return { '0', 0, 'released' }
end

if held and held ~= epoch then return { held, redis.call('TTL', lease), 'held' } end

if verb == 'take' then
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  epoch = string.format('%.0f', math.max(now, (tonumber(epoch) or 0) + 1))
end

local fields = { 'epoch', epoch }
for i = 4, #ARGV do fields[#fields + 1] = ARGV[i] end
redis.call('HSET', lease, unpack(fields))
redis.call('EXPIRE', lease, ttl)
return { epoch, tonumber(ttl), held and 'kept' or 'made' }
