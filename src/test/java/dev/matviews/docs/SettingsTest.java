package dev.matviews.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.controller.OperatorConfig;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SettingsTest {

  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(MATVIEWS_\\w+)` \\| (\\S.*?) \\|");

  @Test
  @DisplayName("the README has each setting of the operator, and its default")
  void settings() throws IOException {
    List<String> rows =
        ROW.matcher(Files.readString(Path.of("README.md")))
            .results()
            .map(row -> row.group(1) + " " + row.group(2))
            .toList();
    assertThat(rows)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(OperatorConfig.class.getMethods()).map(SettingsTest::row).toList());
  }

  private static String row(Method setting) {
    String name = setting.getName().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
    return "MATVIEWS_" + name + " " + told(setting.getAnnotation(WithDefault.class));
  }

  private static String told(@Nullable WithDefault preset) {
    if (preset == null) {
      return "all";
    }
    // The addresses would be a row of their own.
    return preset.value().contains("/")
        ? "link-local, clouds' metadata"
        : "`" + preset.value() + "`";
  }
}
