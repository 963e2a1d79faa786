MVN := ./mvnw --batch-mode --no-transfer-progress
APP := target/quarkus-app/quarkus-run.jar
# exec: a signal that make passes on reaches Java and no shell.
JAVA = exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "target/test-classes:target/classes:$$(cat target/test.classpath)"
PLAYGROUND = $(JAVA) dev.matviews.playground.Playground
BENCH = all
# Of pom.xml, the one place that names it.
VERSION = $(shell sed -n 's|^  <version>\(.*\)</version>|\1|p' pom.xml)

.PHONY: demo playground test verify bench format crds manifests argocd upgrade-fixture reproducible

demo: $(APP) ## everything up, the quickstart applied and refreshed, everything down
	@$(PLAYGROUND) demo

playground: $(APP) ## the same, stays up until Ctrl-C
	@$(PLAYGROUND) up

bench: $(APP) ## docs/benchmarks.md, measured here; the long form: BENCH="all long"
	@$(JAVA) dev.matviews.bench.Bench $(BENCH)

# The program and the test classes, made again only where a source is newer.
$(APP): pom.xml $(shell find src -type f)
	$(MVN) -q package -DskipTests
	@touch $@

test:       ## the gate
	$(MVN) verify

verify:     ## everything, long; at its end the docs are compared with what was seen
	rm -rf target/scenarios
	$(MVN) verify -Pverify
	$(MVN) -q surefire:test -Dtest=SeenCheck

format:     ## source files as the build wants them
	$(MVN) -q spotless:apply

crds:       ## crds/ and docs/fields.md as the code says
	$(MVN) -q test-compile surefire:test -Dtest=CrdsTest,FieldsTest -Dcrds.update=true

argocd:     ## integrations/argocd as the code and the Lua say
	$(MVN) -q test-compile surefire:test -Dtest='PhasesTest,ArgoConfigMapTest' -Dargocd.update=true

upgrade-fixture: ## what this version leaves behind, stored for the upgrade tests of the next
	$(MVN) verify -DskipUnitTests -Dit.test=ReleaseIT -Drelease=$(VERSION)

reproducible: ## builds twice, elsewhere and in another time zone, and compares every file
	$(MVN) verify -DskipUnitTests -Dit.test=ReproducibleIT -Dreproducible=true

manifests:  ## deploy/ and what tests expect of the chart, as the chart renders them
	$(MVN) -q test-compile surefire:test -Dtest=RenderingTest -Dmanifests.update=true
