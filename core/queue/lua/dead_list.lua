-- A page of dead letters without the bytes of their jobs, which may be many.
--
-- KEYS     the dead letters
-- ARGV     `newest` or `oldest` first, the id where the page begins (`(id` after it, or `+` or `-`), most letters
-- Returns  for each: its id, reason, error, attempts, node, failed_at, the job's id, tenant and action as far as they
--          can be read, and how many bytes the job has
local dead, order, from, most = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

local function page()
  if order == 'newest' then return redis.call('XREVRANGE', dead, from, '-', 'COUNT', most) end
  return redis.call('XRANGE', dead, from, '+', 'COUNT', most)
end

local letters = {}
for _, entry in ipairs(page()) do
  local letter = { entry[1] }
  for _, name in ipairs({ 'reason', 'error', 'attempts', 'node', 'failed_at' }) do
    letter[#letter + 1] = field(entry[2], name)
  end
  local text = job_text(entry[2])
  local job = peek(text) or {}
  letter[7], letter[8] = job.id or '', job.tenant_id or ''
  letter[9] = type(job.action) == 'string' and job.action or ''
  letter[10] = #text
  letters[#letters + 1] = letter
end
return letters
