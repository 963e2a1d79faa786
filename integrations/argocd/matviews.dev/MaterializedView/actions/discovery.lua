local suspended = obj.spec.suspend == true
local planned = obj.status ~= nil and obj.status.plannedChange ~= nil

local actions = {}
actions["refresh"] = {["disabled"] = false}
actions["suspend"] = {["disabled"] = suspended}
actions["resume"] = {["disabled"] = not suspended}
actions["approve"] = {["disabled"] = not planned}
return actions
