local status = obj.status or {}

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

local function health(word, condition)
  return {status = word, message = condition.reason .. ": " .. condition.message}
end

local ready = conditions.Ready
if ready == nil or status.observedGeneration ~= obj.metadata.generation then
  return {status = "Progressing", message = "the operator has not looked at it yet"}
end
if conditions.Stalled ~= nil then
  return health("Degraded", conditions.Stalled)
end
if ready.status ~= "True" then
  return health("Progressing", ready)
end
return health("Healthy", ready)
