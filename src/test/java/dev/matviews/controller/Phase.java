package dev.matviews.controller;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;

/** An object as the API server shows it at some moment of its life. */
record Phase(String name, JsonNode object) {

  static <S, T> Phase of(String name, CustomResource<S, T> object, T status) {
    object.setStatus(status);
    return of(name, object);
  }

  static Phase of(String name, CustomResource<?, ?> object) {
    try {
      return new Phase(name, new ObjectMapper().readTree(Serialization.asJson(object)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  String kind() {
    return object.get("kind").asText();
  }

  @Override
  public String toString() {
    return kind() + " " + name;
  }
}
