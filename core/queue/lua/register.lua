-- Registers the tenants that a node has on disk, where no node is registered for them, and counts them as its own.
--
-- KEYS     the node's lease, the placements
-- ARGV     node, its epoch, then the tenants
-- Returns  the tenants that another node holds
local node, epoch = ARGV[1], ARGV[2]
local lease, placements = KEYS[1], KEYS[2]

local refusal = fence(lease, node, epoch)
if refusal then return refusal end

local elsewhere, added = {}, 0
for i = 3, #ARGV do
  if redis.call('HSETNX', placements, ARGV[i], node) == 1 then
    added = added + 1
  elseif redis.call('HGET', placements, ARGV[i]) ~= node then
    elsewhere[#elsewhere + 1] = ARGV[i]
  end
end
if added > 0 then redis.call('HINCRBY', lease, 'tenants', added) end
return elsewhere
