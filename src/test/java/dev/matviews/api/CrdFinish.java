package dev.matviews.api;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.Dependency;
import dev.matviews.api.v1alpha1.GrantSpec;
import dev.matviews.api.v1alpha1.IndexSpec;
import dev.matviews.api.v1alpha1.IndexStatus;
import dev.matviews.api.v1alpha1.ObservedStatus;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Adds to a generated CRD what fabric8's generator cannot be told: keys of lists, formats of
 * numbers, the order of the columns and which have no priority, the descriptions of a kind, a
 * required spec, the status of an object that nobody has looked at, and the rules of annotations
 * that stand for several.
 */
final class CrdFinish {

  /** Lists of these are merged entry by entry, so that two appliers may each own some. */
  private static final Map<Class<?>, String> LIST_KEYS =
      Map.of(
          Condition.class, "type",
          Dependency.class, "name",
          GrantSpec.class, "role",
          IndexSpec.class, "name",
          IndexStatus.class, "name");

  private static final Map<Class<?>, String> FORMATS =
      Map.of(
          int.class, "int32",
          Integer.class, "int32",
          long.class, "int64",
          Long.class, "int64",
          Double.class, "double");

  private CrdFinish() {}

  static void finish(ObjectNode crd, Class<?> kind) {
    ObjectNode version = (ObjectNode) crd.at("/spec/versions/0");
    finishColumns(version, kind);

    ObjectNode root = (ObjectNode) version.at("/schema/openAPIV3Schema");
    describe(root, kind);
    // Rules about spec do not run while there is none.
    root.putArray("required").add("spec");

    Type[] specAndStatus =
        ((ParameterizedType) kind.getGenericSuperclass()).getActualTypeArguments();
    describe((ObjectNode) root.at("/properties/spec"), (Class<?>) specAndStatus[0]);
    describe((ObjectNode) root.at("/properties/status"), (Class<?>) specAndStatus[1]);
    finish((ObjectNode) root.at("/properties/spec"), specAndStatus[0]);
    finish((ObjectNode) root.at("/properties/status"), specAndStatus[1]);
    startUnobserved((ObjectNode) root.at("/properties/status"), (Class<?>) specAndStatus[1]);
  }

  private static void finishColumns(ObjectNode version, Class<?> kind) {
    List<String> declared =
        Arrays.stream(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
            .map(AdditionalPrinterColumn::name)
            .toList();
    ArrayNode columns = (ArrayNode) version.get("additionalPrinterColumns");
    List<JsonNode> sorted =
        columns
            .valueStream()
            .sorted(Comparator.comparing(column -> declared.indexOf(column.get("name").asText())))
            .toList();
    sorted.forEach(column -> leaveOutNoPriority((ObjectNode) column));
    columns.removeAll().addAll(sorted);
  }

  /**
   * The API server keeps no 0. Versions are compared as a whole, so that whoever else applied the
   * same CRD, such as Helm after kubectl, would be told of a conflict.
   */
  private static void leaveOutNoPriority(ObjectNode column) {
    if (column.path("priority").asInt() == 0) {
      column.remove("priority");
    }
  }

  private static void describe(ObjectNode schema, Class<?> type) {
    schema.put("description", type.getAnnotation(JsonClassDescription.class).value());
  }

  private static void startUnobserved(ObjectNode status, Class<?> type) {
    if (ObservedStatus.class.isAssignableFrom(type)) {
      status.putObject("default").put("observedGeneration", ObservedStatus.NOBODY_HAS_LOOKED);
    }
  }

  private static void finish(ObjectNode schema, Type type) {
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      Type entry = list.getActualTypeArguments()[0];
      finish((ObjectNode) schema.get("items"), entry);
      if (entry instanceof Class<?> c && LIST_KEYS.containsKey(c)) {
        schema.put("x-kubernetes-list-type", "map");
        schema.putArray("x-kubernetes-list-map-keys").add(LIST_KEYS.get(c));
      } else if (entry instanceof Class<?> c && c.isEnum()) {
        schema.put("x-kubernetes-list-type", "set");
      }
    } else if (type instanceof Class<?> c && c.isRecord()) {
      for (RecordComponent field : c.getRecordComponents()) {
        ObjectNode property = (ObjectNode) schema.get("properties").get(field.getName());
        finish(property, field.getGenericType());
        finishRules(property, field);
      }
    } else if (type instanceof Class<?> c && FORMATS.containsKey(c)) {
      schema.put("format", FORMATS.get(c));
      printAsInteger(schema, "minimum");
      printAsInteger(schema, "maximum");
    }
  }

  private static void printAsInteger(ObjectNode schema, String bound) {
    if (schema.has(bound)) {
      schema.put(bound, schema.get(bound).longValue());
    }
  }

  /** The generator repeats a component's own rules and does not see those of its annotations. */
  private static void finishRules(ObjectNode property, RecordComponent field) {
    var rules = new LinkedHashSet<JsonNode>();
    property.path("x-kubernetes-validations").forEach(rules::add);
    Arrays.stream(field.getAccessor().getAnnotations())
        .flatMap(a -> Arrays.stream(a.annotationType().getAnnotationsByType(ValidationRule.class)))
        .forEach(
            rule ->
                rules.add(
                    property
                        .objectNode()
                        .put("message", rule.message())
                        .put("rule", rule.value())));
    if (!rules.isEmpty()) {
      property.putArray("x-kubernetes-validations").addAll(rules);
    }
  }
}
