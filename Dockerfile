# docker build -t matview-operator:0.1.0 .

FROM docker.io/library/eclipse-temurin:17-jdk AS build
WORKDIR /build
COPY mvnw pom.xml ./
COPY .mvn .mvn
COPY src/main src/main
RUN ./mvnw --batch-mode --no-transfer-progress package -Dmaven.test.skip=true

FROM docker.io/library/eclipse-temurin:25-jre
WORKDIR /app
# What seldom changes comes first, so that a new build is a small layer on top.
COPY --from=build /build/target/quarkus-app/lib lib
COPY --from=build /build/target/quarkus-app/quarkus quarkus
COPY --from=build /build/target/quarkus-app/app app
COPY --from=build /build/target/quarkus-app/quarkus-run.jar quarkus-run.jar
COPY src/main/docker/jvm.options jvm.options
# Each of glibc's arenas keeps memory to itself, and by itself it makes eight a core.
ENV MALLOC_ARENA_MAX=2
# By number, so that Kubernetes can see that it is not root.
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["java", "@jvm.options", "-jar", "quarkus-run.jar"]
