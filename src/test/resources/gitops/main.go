// Asks kstatus itself, and the Lua engine of Argo CD itself, about every object of a folder that is
// laid out as integrations/argocd/matviews.dev. Prints a line of JSON for each.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	luajson "layeh.com/gopher-json"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/yaml"
)

type answer struct {
	Kind    string                     `json:"kind"`
	Phase   string                     `json:"phase"`
	Kstatus string                     `json:"kstatus"`
	Health  json.RawMessage            `json:"health"`
	Actions map[string]json.RawMessage `json:"actions,omitempty"`
}

func main() {
	files, err := filepath.Glob(filepath.Join(os.Args[1], "*", "testdata", "*.yaml"))
	check(err)
	for _, file := range files {
		line, err := json.Marshal(ask(file))
		check(err)
		fmt.Println(string(line))
	}
}

func ask(file string) answer {
	kind := filepath.Dir(filepath.Dir(file))
	object := read(file)
	result, err := status.Compute(object)
	check(err)
	name := filepath.Base(file)
	said := answer{
		Kind:    filepath.Base(kind),
		Phase:   name[:len(name)-len(".yaml")],
		Kstatus: result.Status.String(),
		Health:  run(filepath.Join(kind, "health.lua"), object),
		Actions: map[string]json.RawMessage{},
	}
	scripts, err := filepath.Glob(filepath.Join(kind, "actions", "*", "action.lua"))
	check(err)
	if len(scripts) == 0 {
		return said
	}
	said.Actions["discovery"] = run(filepath.Join(kind, "actions", "discovery.lua"), object)
	var offered map[string]struct{ Disabled bool }
	check(json.Unmarshal(said.Actions["discovery"], &offered))
	for _, script := range scripts {
		action := filepath.Base(filepath.Dir(script))
		if !offered[action].Disabled {
			said.Actions[action] = run(script, object)
		}
	}
	return said
}

func read(file string) *unstructured.Unstructured {
	text, err := os.ReadFile(file)
	check(err)
	text, err = yaml.YAMLToJSON(text)
	check(err)
	object := &unstructured.Unstructured{}
	check(object.UnmarshalJSON(text))
	return object
}

// Of the standard libraries, scripts of the ConfigMap see these, and of os no more than the time.
func run(script string, object *unstructured.Unstructured) json.RawMessage {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{
		lua.LoadLibName: lua.OpenPackage, lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable,
		lua.OsLibName: lua.OpenOs,
	} {
		check(state.CallByParam(lua.P{Fn: state.NewFunction(open), Protect: true}, lua.LString(name)))
	}
	whole := state.GetGlobal(lua.OsLibName)
	state.SetGlobal(lua.OsLibName, lua.LNil)
	loaded := state.GetField(state.GetGlobal(lua.LoadLibName), "loaded")
	state.SetField(loaded, lua.OsLibName, lua.LNil)
	state.PreloadModule(lua.OsLibName, func(s *lua.LState) int {
		safe := s.NewTable()
		for _, name := range []string{"date", "time"} {
			s.SetField(safe, name, s.GetField(whole, name))
		}
		s.Push(safe)
		return 1
	})
	state.SetGlobal("obj", decode(state, object.Object))
	check(state.DoFile(script))
	said, err := luajson.Encode(state.Get(-1))
	check(err)
	return said
}

func decode(state *lua.LState, value any) lua.LValue {
	switch v := value.(type) {
	case map[string]any:
		table := state.NewTable()
		for key, item := range v {
			table.RawSetString(key, decode(state, item))
		}
		return table
	case []any:
		table := state.NewTable()
		for _, item := range v {
			table.Append(decode(state, item))
		}
		return table
	case int64:
		return lua.LNumber(v)
	case float64:
		return lua.LNumber(v)
	case bool:
		return lua.LBool(v)
	case string:
		return lua.LString(v)
	}
	return lua.LNil
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
