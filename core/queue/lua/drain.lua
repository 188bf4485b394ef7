-- Gives a node the state that an operator wishes; the node learns it when it next keeps its lease. One that stops is
-- draining to others whatever is wished for its next start.
--
-- KEYS     the node's lease
-- ARGV     `active` or `draining`
-- Returns  how many tenants the node has; nothing where it does not run
local epoch, stopping, tenants = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'stopping', 'tenants'))
if not epoch then return false end
redis.call('HSET', KEYS[1], stopping and 'stopping' or 'state', ARGV[1])
return tonumber(tenants) or 0
