package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;

/** Which key of the Secret holds what; the defaults are those of CloudNativePG's app Secrets. */
public record SecretKeys(
    @JsonPropertyDescription(
            "The key that holds the server's host; not read when spec.host is set. Default: host.")
        @Default("host")
        @SecretKey
        String host,
    @JsonPropertyDescription(
            "The key that holds the server's port; not read when spec.port is set. Default: port.")
        @Default("port")
        @SecretKey
        String port,
    @JsonPropertyDescription(
            "The key that holds the database's name; not read when spec.database is set. Default:"
                + " dbname.")
        @Default("dbname")
        @SecretKey
        String database,
    @JsonPropertyDescription("The key that holds the role's name. Default: username.")
        @Default("username")
        @SecretKey
        String user,
    @JsonPropertyDescription("The key that holds the role's password. Default: password.")
        @Default("password")
        @SecretKey
        String password) {}
