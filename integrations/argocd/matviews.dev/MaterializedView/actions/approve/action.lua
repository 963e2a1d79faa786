if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["matviews.dev/approved-change"] = obj.status.plannedChange.hash
return obj
