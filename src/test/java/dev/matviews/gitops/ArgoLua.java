package dev.matviews.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LoadState;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;
import org.luaj.vm2.compiler.LuaC;
import org.luaj.vm2.lib.BaseLib;
import org.luaj.vm2.lib.OneArgFunction;
import org.luaj.vm2.lib.PackageLib;
import org.luaj.vm2.lib.TableLib;

/**
 * Lua as Argo CD runs a script of its ConfigMap: the object is the global obj, there are base,
 * package and table, and an os to require that knows the date and nothing of the machine. No
 * string, no math.
 */
public final class ArgoLua {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Those of the conversions that Argo CD's own os.date knows which we use. */
  private static final Map<Character, DateTimeFormatter> CONVERSIONS =
      Map.of(
          'Y', DateTimeFormatter.ofPattern("uuuu"),
          'm', DateTimeFormatter.ofPattern("MM"),
          'd', DateTimeFormatter.ofPattern("dd"),
          'H', DateTimeFormatter.ofPattern("HH"),
          'M', DateTimeFormatter.ofPattern("mm"),
          'S', DateTimeFormatter.ofPattern("ss"));

  private ArgoLua() {}

  /** What the script returns for the object. */
  public static JsonNode run(Path script, JsonNode object) {
    Globals globals = globals();
    globals.set("obj", toLua(object));
    try {
      return toJson(globals.load(Files.readString(script), script.toString()).call());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a script finds such a global. */
  static boolean has(String name) {
    return !globals().get(name).isnil();
  }

  private static Globals globals() {
    Globals globals = new Globals();
    globals.load(new BaseLib());
    globals.load(new PackageLib());
    globals.load(new TableLib());
    LoadState.install(globals);
    LuaC.install(globals);
    globals.get("package").get("preload").set("os", new Os());
    return globals;
  }

  private static final class Os extends OneArgFunction {

    @Override
    public LuaValue call(LuaValue name) {
      LuaTable os = new LuaTable();
      os.set(
          "date",
          new OneArgFunction() {
            @Override
            public LuaValue call(LuaValue format) {
              return LuaValue.valueOf(date(format.checkjstring(), Instant.now()));
            }
          });
      return os;
    }
  }

  /** Of UTC, which a leading exclamation mark asks for. */
  static String date(String format, Instant now) {
    if (!format.startsWith("!")) {
      throw new IllegalArgumentException(format + " depends on where Argo CD runs");
    }
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c == '%') {
        i++;
        DateTimeFormatter conversion = CONVERSIONS.get(format.charAt(i));
        if (conversion == null) {
          throw new IllegalArgumentException("%" + format.charAt(i) + " is not known here");
        }
        text.append(conversion.format(now.atOffset(ZoneOffset.UTC)));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private static LuaValue toLua(JsonNode node) {
    if (node.isObject()) {
      LuaTable table = new LuaTable();
      node.properties().forEach(field -> table.set(field.getKey(), toLua(field.getValue())));
      return table;
    }
    if (node.isArray()) {
      LuaTable table = new LuaTable();
      for (int i = 0; i < node.size(); i++) {
        table.set(i + 1, toLua(node.get(i)));
      }
      return table;
    }
    if (node.isNumber()) {
      return LuaValue.valueOf(node.doubleValue());
    }
    if (node.isBoolean()) {
      return LuaValue.valueOf(node.booleanValue());
    }
    return node.isNull() ? LuaValue.NIL : LuaValue.valueOf(node.asText());
  }

  /** An empty table is an empty list, as it is to Argo CD, which puts that right afterwards. */
  private static JsonNode toJson(LuaValue value) {
    if (value.isboolean()) {
      return JSON.booleanNode(value.toboolean());
    }
    if (value.type() == LuaValue.TNUMBER) {
      return number(value.todouble());
    }
    if (!value.istable()) {
      return value.isnil() ? JSON.nullNode() : JSON.textNode(value.tojstring());
    }
    LuaTable table = value.checktable();
    if (table.length() > 0 || table.next(LuaValue.NIL).isnil(1)) {
      ArrayNode list = JSON.arrayNode();
      for (int i = 1; i <= table.length(); i++) {
        list.add(toJson(table.get(i)));
      }
      return list;
    }
    ObjectNode object = JSON.objectNode();
    for (Varargs entry = table.next(LuaValue.NIL);
        !entry.isnil(1);
        entry = table.next(entry.arg1())) {
      object.set(entry.arg1().tojstring(), toJson(entry.arg(2)));
    }
    return object;
  }

  private static JsonNode number(double value) {
    return value == Math.rint(value) ? JSON.numberNode((long) value) : JSON.numberNode(value);
  }
}
