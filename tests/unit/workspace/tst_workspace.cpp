// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/condition.h"
#include "core/workspace/workspace.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::workspace;

namespace {
const QString file = QStringLiteral("/w/pilothouse.yaml");

QString failure(const QByteArray &yaml) {
    const auto w = parseWorkspace(yaml, file);
    return w ? QStringLiteral("accepted") : w.error().text() + QLatin1Char('\n') + w.error().raw;
}
const char *const local = "workspace: a\nconnections: {here: {kind: local, root: r}}\n";
} // namespace

class tst_Workspace : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theSmallDocumentedWorkspaceIsReadWhole() {
        const auto w = parseWorkspace(R"(workspace: mine
connections: {local: {kind: local, root: ~/.local/share/pilothouse/mine}}
models:
  t2m:
    registry:   {connection: local, name: t2m, champion: champion}
    recipe:     recipes/t2m.yaml
    deployment: {connection: local, target: serving/t2m, steps: [10, 50, 100]}
    endpoint:   {connection: local}
    promotion:  {approvals: 1}
)", file);
        QVERIFY2(w, w ? "" : qPrintable(w.error().text()));
        QCOMPARE(w->role, Role::Approver);
        QCOMPARE(w->localRoot(QStringLiteral("local")).value(), QDir::homePath() + QStringLiteral("/.local/share/pilothouse/mine"));
        const Model *m = w->model(QStringLiteral("t2m"));
        QVERIFY(m);
        QCOMPARE(m->recipe, QStringLiteral("/w/recipes/t2m.yaml"));
        QCOMPARE(m->deployment.steps, std::vector<int>({10, 50, 100}));
        QCOMPARE(m->retrain.atMostEvery, QStringLiteral("6h"));
        QVERIFY(!w->model(QStringLiteral("other")));
    }

    void whereLabelsOfAModelLieIsReadAsDataOfARecipe() {
        const QByteArray head = QByteArray(local) + "models:\n  t2m:\n    registry: {connection: here}\n    recipe: r.yaml\n    deployment: {connection: here, target: serving/t2m}\n";
        const auto labelsOf = [&](const QByteArray &labels) {
            const auto w = parseWorkspace(head + labels, file);
            return w ? w->models.front().labels : LabelsSource{QStringLiteral("refused: ") + w.error().text(), {}};
        };
        QVERIFY(!labelsOf("").named());
        QCOMPARE(labelsOf("    labels: {source: late/labels.csv}\n"), (LabelsSource{QStringLiteral("/w/late/labels.csv"), {}}));
        QCOMPARE(labelsOf("    labels: {source: \"dvc:late.csv\"}\n").source, QStringLiteral("dvc:/w/late.csv"));
        QCOMPARE(labelsOf("    labels: {source: \"https://h/labels.csv\"}\n").source, QStringLiteral("https://h/labels.csv"));
        QCOMPARE(labelsOf("    labels: {source: l.db, query: SELECT id AS prediction_id FROM l}\n").query, QStringLiteral("SELECT id AS prediction_id FROM l"));

        const QString unknown = failure(head + "    labels: {source: l.db, sorce: x}\n");
        QVERIFY2(unknown.contains(QStringLiteral("sorce")) && unknown.contains(QStringLiteral("pilothouse.yaml:8:")), qPrintable(unknown));
        const QString none = failure(head + "    labels: {query: SELECT 1}\n");
        QVERIFY2(none.contains(QStringLiteral("source")), qPrintable(none));
        const QString scheme = failure(head + "    labels: {source: \"ftp://h/l.csv\"}\n");
        QVERIFY2(scheme.contains(QStringLiteral("ftp://h/l.csv")), qPrintable(scheme));
    }

    void howACanaryIsJudged() {
        const QByteArray head = "workspace: a\nconnections: {c: {kind: kubernetes}, prom: {kind: prometheus, url: \"http://prom:9090\"}, m: {kind: mlflow, url: \"http://m\"}}\nmodels:\n  t2m:\n    registry: {connection: m}\n    deployment:\n"
                                "      connection: c\n      target: rollout/t2m\n";
        const auto w = parseWorkspace(head + "      judge:\n        prometheus: prom\n        canary: {requests: 'sum(increase(r{side=\"canary\"}[$range]))', p95_ms: q}\n        stable: {requests: s}\n"
                                             "        max_output_psi: 0.5\n        minimum_labelled: 400\n        without_labels: 10min\n        advance: false\n", file);
        QVERIFY2(w, w ? "" : qPrintable(w.error().text() + w.error().raw));
        const auto &judge = w->models.front().deployment.judge;
        QCOMPARE(judge.prometheus, QStringLiteral("prom"));
        QCOMPARE(judge.canary.value(QStringLiteral("requests")), QStringLiteral("sum(increase(r{side=\"canary\"}[$range]))"));
        QCOMPARE(judge.stable.size(), 1);
        QCOMPARE(judge.maxOutputPsi, 0.5);
        QCOMPARE(judge.maxLatencyRatio, 2.0);
        QCOMPARE(judge.minimumLabelled, 400);
        QCOMPARE(judge.withoutLabelsSeconds, 600);
        QVERIFY(!judge.advance);
        QVERIFY(failure(head + "      judge: {prometheus: prom, canary: {request: q}}\n").contains(QStringLiteral("A canary is not judged on “request”.")));
        QVERIFY(failure(head + "      judge: {canary: {requests: q}}\n").contains(QStringLiteral("no connection that answers them")));
        QVERIFY(failure(head + "      judge: {prometheus: m}\n").contains(QStringLiteral("“m” is no connection of kind prometheus.")));
    }

    void theFullDocumentedWorkspaceIsReadWhole() {
        const auto w = parseWorkspace(R"(workspace: weather
role: operator                       # viewer | operator | approver
connections:
  mlflow:  {kind: mlflow, url: http://127.0.0.1:5000, secret: mlflow}
  jenkins: {kind: jenkins, url: https://ci.example, user: ops, secret: jenkins}
  cluster: {kind: kubernetes, kubeconfig: ~/.kube/config, context: prod, guard: typed-name}
  prom:    {kind: prometheus, url: http://prom:9090}
  local:   {kind: local, root: $HOME/weather}
models:
  temperature:
    registry:   {connection: mlflow, name: weather-t2m, champion: champion}
    recipe:     recipes/t2m.yaml
    pipeline:   {connection: jenkins, job: weather/retrain}
    deployment: {connection: cluster, namespace: weather, target: deployment/inference-t2m, image: "ghcr.io/team/{model}:{commit:7}-{tag:build}", container: inference}
    endpoint:   {url: http://inference-t2m/predict, protocol: rest}
    watch:
      - {metric: mae, source: registry, max: 1.5, unit: °C, cadence: 1d}   # and never above 24 h persistence
      - {staleness: 36h}
    promotion:  {approvals: 2, prevent_self_approval: true}
    retrain:    {when: [mae > 1.5, data_changed, age > 7d, r2 drops 0.1, drift > 0.25], at_most_every: 6h, executor: local}
notifications:
  slack: {kind: slack, secret: slack-webhook, on: [staleness, accuracy, gate]}
)", file);
        QVERIFY2(w, w ? "" : qPrintable(w.error().text() + w.error().raw));
        QCOMPARE(w->role, Role::Operator);
        QCOMPARE(w->connections.size(), 5);
        QCOMPARE(w->connections[QStringLiteral("cluster")].other.value(QStringLiteral("kubeconfig")), QDir::homePath() + QStringLiteral("/.kube/config"));
        QCOMPARE(w->connections[QStringLiteral("cluster")].guard, QStringLiteral("typed-name"));
        QCOMPARE(w->connections[QStringLiteral("local")].root, QDir::homePath() + QStringLiteral("/weather"));
        const Model &m = w->models.front();
        QCOMPARE(m.pipeline.job, QStringLiteral("weather/retrain"));
        QCOMPARE(m.deployment.space, QStringLiteral("weather"));
        QCOMPARE(imagePlaceholders(m.deployment.image), QStringList({QStringLiteral("model"), QStringLiteral("commit:7"), QStringLiteral("tag:build")}));
        QCOMPARE(m.deployment.container, QStringLiteral("inference"));
        QCOMPARE(m.deployment.steps, std::vector<int>{100}); // a Deployment has none of its own
        QCOMPARE(m.endpoint.url, QStringLiteral("http://inference-t2m/predict"));
        QCOMPARE(m.watch.size(), 2u);
        QCOMPARE(*m.watch[0].max, 1.5);
        QCOMPARE(m.watch[0].unit, QStringLiteral("°C"));
        QCOMPARE(m.watch[1].staleness, QStringLiteral("36h"));
        QVERIFY(m.promotion.preventSelfApproval);
        QCOMPARE(m.retrain.when.size(), 5);
        QCOMPARE(w->notifications[QStringLiteral("slack")].on.size(), 3);
        const auto remote = w->localRoot(QStringLiteral("mlflow"));
        QVERIFY(!remote && remote.error().what.contains(QStringLiteral("which this version does not use")));
    }

    void approversHaveAKeyEach() {
        const QByteArray key = "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        const auto w = parseWorkspace(QByteArray(local) + "approvers:\n  ada: " + key + "\n  ben: \"" + key + "\" # the same hand\nmodels: {m: {promotion: {approval_expires: 36h}}, n: }\n", file);
        QVERIFY2(w, w ? "" : qPrintable(w.error().text()));
        QCOMPARE(w->approvers.keys(), (QStringList{QStringLiteral("ada"), QStringLiteral("ben")}));
        QCOMPARE(w->approvers.value(QStringLiteral("ada")), QString::fromLatin1(key));
        QCOMPARE(w->approvers.value(QStringLiteral("ben")), QString::fromLatin1(key));
        QCOMPARE(w->models[0].promotion.approvalExpires, QStringLiteral("36h"));
        QCOMPARE(w->models[1].promotion.approvalExpires, QStringLiteral("7d"));
        QVERIFY(parseWorkspace(local, file)->approvers.isEmpty());
    }

    void aRepositoryIsAFolderOrAnAddress() {
        const auto w = parseWorkspace("workspace: a\nconnections:\n  a: {kind: git, url: ../damage, path: ml/artifacts, live: 'file:k8s/api.yml', key_file: ~/.ssh/id}\n  b: {kind: git, url: 'git@host:team/damage.git'}\n"
                                      "  c: {kind: git, url: 'ssh://git@host/team/damage.git'}\n  d: {kind: azureml, url: 'azureml://we.api.azureml.ms/mlflow/v1.0/x', tenant: t, client: c, secret: s}\n",
                                      QStringLiteral("/work/space/w.yaml"));
        QVERIFY2(w, w ? "" : qPrintable(w.error().text() + w.error().raw));
        QCOMPARE(w->connections[QStringLiteral("a")].url, QStringLiteral("/work/damage"));
        QCOMPARE(w->connections[QStringLiteral("a")].other.value(QStringLiteral("live")), QStringLiteral("file:k8s/api.yml"));
        QCOMPARE(w->connections[QStringLiteral("a")].other.value(QStringLiteral("key_file")), QDir::homePath() + QStringLiteral("/.ssh/id"));
        QCOMPARE(w->connections[QStringLiteral("b")].url, QStringLiteral("git@host:team/damage.git"));
        QCOMPARE(w->connections[QStringLiteral("c")].url, QStringLiteral("ssh://git@host/team/damage.git"));
    }

    void withOneLocalConnectionItNeedsNotBeNamed() {
        const auto w = parseWorkspace(QByteArray(local) + "models: {m: {recipe: m.yaml, deployment: {}, endpoint: {}}, n: }\n", file);
        QVERIFY2(w, w ? "" : qPrintable(w.error().text()));
        QCOMPARE(w->models[0].registry.connection, QStringLiteral("here"));
        QCOMPARE(w->models[0].registry.name, QStringLiteral("m"));
        QCOMPARE(w->models[0].deployment.target, QStringLiteral("serving/m"));
        QCOMPARE(w->models[0].endpoint.connection, QStringLiteral("here"));
        QCOMPARE(w->models[1].name, QStringLiteral("n"));
        QVERIFY(w->models[1].deployment.connection.isEmpty());
    }

    void wrongTextsNameTheirPlace_data() {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, const QByteArray &yaml, const char *message) { QTest::newRow(name) << yaml << QString::fromUtf8(message); };
        const auto model = [](const QByteArray &body) { return QByteArray(local) + "models:\n  m: {" + body + "}\n"; };
        row("an unknown top key", QByteArray(local) + "modles: {}\n", "/w/pilothouse.yaml:3:1: Unknown key “modles” — did you mean “models”?");
        row("an unknown connection kind", "workspace: a\nconnections: {x: {kind: locel, root: r}}\n", "Unknown kind “locel” — did you mean “local”?");
        row("a local connection without a root", "workspace: a\nconnections: {x: {kind: local}}\n", "“root” is missing in x.");
        row("a root key on a server", "workspace: a\nconnections: {x: {kind: mlflow, root: r}}\n", "Unknown key “root”");
        row("a password in a URL", "workspace: a\nconnections: {x: {kind: mlflow, url: 'http://a:b@c'}}\n", "carries a user name or password");
        row("a password in a repository's address", "workspace: a\nconnections: {x: {kind: git, url: 'https://a:b@c/d.git'}}\n", "carries a user name or password");
        row("a repository's address that is none", "workspace: a\nconnections: {x: {kind: git, url: 'ftp://c/d.git'}}\n", "no address that Git takes");
        row("no repository", "workspace: a\nconnections: {x: {kind: git}}\n", "url");
        row("a URL that is none", "workspace: a\nconnections: {x: {kind: mlflow, url: c:5000}}\n", "must be a URL with http or https");
        row("a connection that is not there", model("registry: {connection: her}"), "/w/pilothouse.yaml:4:30: Unknown connection “her” — did you mean “here”?");
        row("an unknown model key", model("reciep: x"), "Unknown key “reciep” — did you mean “recipe”?");
        row("steps that fall", model("deployment: {steps: [50, 10, 100]}"), "“steps” must be rising whole percentages that end with 100.");
        row("steps that do not end", model("deployment: {steps: [10, 50]}"), "“steps” must be rising");
        row("steps with a word", model("deployment: {steps: [ten, 100]}"), "“steps” must be rising");
        row("an image with an unknown part", model("deployment: {image: 'api:{sha}'}"), "“{sha}” is not known in an image.");
        row("an image with a commit cut to nothing", model("deployment: {image: 'api:{commit:0}'}"), "“{commit:0}” is not known in an image.");
        row("a target of another kind", model("deployment: {target: deployment/x}"), "A local target must read serving/NAME");
        row("a target that climbs out", model("deployment: {target: serving/../x}"), "A local target must read serving/NAME");
        row("a negative number of approvals", model("promotion: {approvals: -1}"), "“approvals” must be a whole number from 1 to 20");
        row("approvals that expire at no time", model("promotion: {approval_expires: soon}"), "“soon” is not a time.");
        row("an approver without a key", QByteArray(local) + "approvers:\n  ada:\n", "/w/pilothouse.yaml:4:3: The approver “ada” has no public key here");
        row("an approver with another key", QByteArray(local) + "approvers:\n  ada: rsa:AAAA\n", "/w/pilothouse.yaml:4:8: The approver “ada” has no public key here: “rsa:AAAA” is no public key.");
        row("an approver whose key was cut", QByteArray(local) + "approvers: {ada: ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcH}\n", "is no whole public key of Ed25519.");
        row("an approver with a map", QByteArray(local) + "approvers: {ada: {key: x}}\n", "The approver “ada” has no public key here");
        row("approvers that are a list", QByteArray(local) + "approvers: [ada]\n", "/w/pilothouse.yaml:3:12:");
        row("a yes that is none", model("promotion: {prevent_self_approval: perhaps}"), "must be true or false");
        row("a condition with an unknown metric", model("retrain: {when: [mea > 1]}"), "Unknown metric “mea” — did you mean “mae”?");
        row("a condition with an unknown metric of a target", model("retrain: {when: [mea@t2m > 1]}"), "Unknown metric “mea” — did you mean “mae”?");
        row("drift has no target", model("retrain: {when: [drift@t2m > 0.25]}"), "Unknown metric “drift”");
        row("a watch on an unknown metric of a target", model("watch: [{metric: mea@t2m}]"), "Unknown metric “mea” — did you mean “mae”?");
        row("a watch on no target", model("watch: [{metric: mae@}]"), "Unknown target “”.");
        row("a condition without a number", model("retrain: {when: [mae > high]}"), "Cannot read the retrain rule “mae > high”: “high” is no number.");
        row("an age without a unit", model("retrain: {when: [age > 7]}"), "Cannot read the retrain rule “age > 7”: “7” is no duration like 7d, 36h or 15min.");
        row("a condition that fires on good models", model("retrain: {when: [r2 > 0.9]}"), "is good news");
        row("a schedule that is none", model("retrain: {when: [schedule 0 2 * *]}"), "Cannot read the retrain rule “schedule 0 2 * *”");
        row("a hysteresis beyond the limit", model("retrain: {when: [mae > 1.5 until 1.7]}"), "cannot lie beyond the limit 1.5");
        row("a look at no time", model("retrain: {check: daily}"), "/w/pilothouse.yaml:4:24: “daily” is neither a duration nor a cron of five fields.");
        row("a window that is none", model("retrain: {only_in: [night]}"), "“night” is no stretch of the week.");
        row("a maintenance that never ends", model("retrain: {not_in: ['22:00-22:00']}"), "“22:00-22:00” is no stretch of the week.");
        row("a budget of nothing", model("retrain: {budget: {per: 7d}}"), "“budget” limits nothing.");
        row("a budget in money without a price", model("retrain: {budget: {cost: 50}}"), "needs what an hour of training costs");
        row("a budget by another name", model("retrain: {budget: {run: 5}}"), "Unknown key “run” — did you mean “runs”?");
        row("too few rows to judge by", model("retrain: {min_rows: 3}"), "“min_rows” must be a whole number from 10 to 500");
        row("an interval without a unit", model("retrain: {at_most_every: 6}"), "“at_most_every”: “6” is not a time.");
        row("an unknown executor", model("retrain: {executor: locl}"), "Unknown executor “locl” — did you mean “local”?");
        row("a watch on nothing", model("watch: [{max: 3}]"), "A watch needs either metric or staleness.");
        row("a watch turned round", model("watch: [{metric: mae, max: 1, min: 2}]"), "min is greater than max");
        row("an endpoint twice", model("endpoint: {connection: here, url: 'http://x'}"), "names both a connection and a URL");
        row("a model name with a slash", QByteArray(local) + "models: {a/b: {}}\n", "cannot be a model's name");
        row("a role nobody has", "workspace: a\nrole: admin\n", "/w/pilothouse.yaml:2:7: Unknown role “admin”");
        row("no registry to be found", "workspace: a\nmodels: {m: {}}\n", "“registry” of model “m” names no connection.");
        row("an unknown event", QByteArray(local) + "notifications: {s: {kind: slack, on: [drif]}}\n", "did you mean “drift”?");
    }
    void aRetrainPolicyIsReadWhole() {
        const auto w = parseWorkspace(QByteArray(local) + R"(models:
  m:
    retrain:
      when: [mae  yesterday > 1.5 until 1.3 for 2 checks, schedule 0 2 * * 1]
      check: "15 0 * * *"
      at_most_every: 12h
      min_rows: 24
      only_in: 22:00-06:00
      not_in: [Sat, Sun 08:00-12:00]
      budget: {runs: 4, cost: 50, price_per_hour: 1.25, per: 30d}
      retries: 3
      retry_after: 5min
      tag: retrain_decision
)", QStringLiteral("/w/pilothouse.yaml"));
        QVERIFY2(w, w ? "" : qPrintable(w.error().text()));
        RetrainPolicy wanted;
        wanted.when = {QStringLiteral("mae yesterday > 1.5 until 1.3 for 2 checks"), QStringLiteral("schedule 0 2 * * 1")};
        wanted.check = QStringLiteral("15 0 * * *");
        wanted.atMostEvery = QStringLiteral("12h");
        wanted.minimumRows = 24;
        wanted.onlyIn = {QStringLiteral("22:00-06:00")};
        wanted.notIn = {QStringLiteral("Sat"), QStringLiteral("Sun 08:00-12:00")};
        wanted.budget.runs = 4;
        wanted.budget.cost = 50;
        wanted.budget.pricePerHour = 1.25;
        wanted.budget.per = QStringLiteral("30d");
        wanted.retries = 3;
        wanted.retryAfter = QStringLiteral("5min");
        wanted.tag = QStringLiteral("retrain_decision");
        QVERIFY(w->models.front().retrain == wanted);
    }

    void wrongTextsNameTheirPlace() {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, message);
        const QString text = failure(yaml);
        QVERIFY2(text.contains(message), qPrintable(text));
    }

    void aTargetIsLookedUpInTheRecipe_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("message"); // empty: accepted
        const auto row = [](const char *name, const char *body, const char *message = "") { QTest::newRow(name) << QByteArray(body) << QString::fromUtf8(message); };
        row("targets that the recipe forecasts", "recipe: pair.yaml, watch: [{metric: mae@t2m, max: 2, unit: °C}, {metric: mae@wind gust, max: 5}], retrain: {when: [mae@t2m > 1.5, r2@wind gust drops 0.1]}");
        row("a watch on another", "recipe: pair.yaml, watch: [{metric: mae@t2n, max: 2}]", "Unknown target “t2n” — did you mean “t2m”?");
        row("a condition on another", "recipe: pair.yaml, retrain: {when: [data_changed, mae@wind gusts > 2]}", "Unknown target “wind gusts” — did you mean “wind gust”?");
        row("one target has no name", "recipe: one.yaml, watch: [{metric: mae@t2m, max: 2}]", "“mae@t2m” asks for one of several targets, and there are none. Write “mae”.");
        row("one target has no name in a condition", "recipe: one.yaml, retrain: {when: [r2@t2m < 0.5]}", "“r2@t2m” asks for one of several targets, and there are none. Write “r2”.");
        row("a recipe that is not there says nothing", "recipe: none.yaml, watch: [{metric: mae@anything, max: 2}], retrain: {when: [mae@anything > 1]}");
        row("a recipe that cannot be read says nothing", "recipe: broken.yaml, watch: [{metric: mae@anything, max: 2}]");
        row("no recipe says nothing", "retrain: {when: [mae@anything > 1]}");
    }
    void aTargetIsLookedUpInTheRecipe() {
        QFETCH(QByteArray, body);
        QFETCH(QString, message);
        QTemporaryDir dir;
        const auto write = [&](const char *name, const QByteArray &bytes) {
            QFile f(dir.filePath(QLatin1String(name)));
            QVERIFY(f.open(QIODevice::WriteOnly) && f.write(bytes) == bytes.size());
        };
        const QByteArray rest = "data: {source: weather.csv}\ntask: forecast\ntime: {column: at, step: 1h}\nforecast: {window: 24, horizon: 3}\nsplit: {after: 2013-10-01}\nestimators: [mlp]\n";
        write("pair.yaml", "recipe: pair\ntarget: [t2m, wind gust]\n" + rest);
        write("one.yaml", "recipe: one\ntarget: t2m\n" + rest);
        write("broken.yaml", "recipe: [\n");
        QVERIFY(readRecipe(dir.filePath(QStringLiteral("pair.yaml")))); // else this test says nothing
        QVERIFY(readRecipe(dir.filePath(QStringLiteral("one.yaml"))));
        const auto w = parseWorkspace(QByteArray(local) + "models:\n  m: {" + body + "}\n", dir.filePath(QStringLiteral("pilothouse.yaml")));
        if (message.isEmpty())
            QVERIFY2(w, w ? "" : qPrintable(w.error().text()));
        else
            QVERIFY2(!w && w.error().text().contains(message), w ? "accepted" : qPrintable(w.error().text()));
    }

    void conditionsAreSplit_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("parts"); // empty: none
        QTest::newRow("a limit") << "mae > 1.5" << "mae|>|1.5";
        QTest::newRow("no spaces") << "mae>=1.5" << "mae|>=|1.5";
        QTest::newRow("many spaces") << "  r2   <   0.5 " << "r2|<|0.5";
        QTest::newRow("a drop") << "r2 drops 0.1" << "r2|drops|0.1";
        QTest::newRow("a drop by") << "r2 drops by 0.1" << "r2|drops|0.1";
        QTest::newRow("a target") << "mae@t2m <= 2" << "mae@t2m|<=|2";
        QTest::newRow("a target with a space") << "mae@wind gust>2" << "mae@wind gust|>|2";
        QTest::newRow("a target with a sign") << "mae@a>b > 2" << "mae@a>b|>|2";
        QTest::newRow("a target that drops") << "r2@rain drops drops 0.1" << "r2@rain drops|drops|0.1";
        QTest::newRow("a duration") << "age > 7d" << "age|>|7d";
        QTest::newRow("two words behind") << "age > 7 days" << "";
        QTest::newRow("no operator") << "mae over 1.5" << "";
        QTest::newRow("drops needs its spaces") << "r2drops0.1" << "";
        QTest::newRow("no target behind the sign") << "mae@ > 1" << "";
        QTest::newRow("a word alone") << "data_changed" << "";
    }
    void conditionsAreSplit() {
        QFETCH(QString, text);
        const auto condition = splitCondition(text);
        QTEST(condition ? QStringList({condition->left, condition->op, condition->right}).join(QLatin1Char('|')) : QString(), "parts");
    }

    void durationsHaveAUnit_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("seconds");
        QTest::newRow("seconds") << "90s" << qint64(90);
        QTest::newRow("minutes") << "15min" << qint64(900);
        QTest::newRow("hours with a space") << "36 h" << qint64(129600);
        QTest::newRow("days") << "7d" << qint64(604800);
        QTest::newRow("weeks") << "2w" << qint64(1209600);
        QTest::newRow("no unit is wrong") << "7" << qint64(-1);
        QTest::newRow("nothing is wrong") << "" << qint64(-1);
        QTest::newRow("zero is wrong") << "0h" << qint64(-1);
        QTest::newRow("m could be month or minute") << "5m" << qint64(-1);
        QTest::newRow("negative is wrong") << "-5h" << qint64(-1);
        QTest::newRow("too many digits are wrong") << "99999999999999999999h" << qint64(-1);
    }
    void durationsHaveAUnit() {
        QFETCH(QString, text);
        QFETCH(qint64, seconds);
        QCOMPARE(parseDuration(text).value_or(-1), seconds);
    }

    void theWorkspaceIsFoundInTheOrderThatTheHelpSays() {
        QTemporaryDir dir;
        const QString deep = dir.filePath(QStringLiteral("a/b"));
        QVERIFY(QDir().mkpath(deep));
        const auto touch = [&](const QString &name) {
            QFile f(dir.filePath(name));
            QVERIFY(f.open(QIODevice::WriteOnly));
        };
        qunsetenv("PILOTHOUSE_WORKSPACE");
        touch(QStringLiteral("pilothouse.yaml"));
        QCOMPARE(findWorkspace({}, deep).value(), dir.filePath(QStringLiteral("pilothouse.yaml")));
        touch(QStringLiteral("a/pilothouse.yaml"));
        QCOMPARE(findWorkspace({}, deep).value(), dir.filePath(QStringLiteral("a/pilothouse.yaml")));
        touch(QStringLiteral("other.yaml"));
        qputenv("PILOTHOUSE_WORKSPACE", dir.filePath(QStringLiteral("other.yaml")).toUtf8());
        QCOMPARE(findWorkspace({}, deep).value(), dir.filePath(QStringLiteral("other.yaml")));
        QCOMPARE(findWorkspace(QStringLiteral("../pilothouse.yaml"), deep).value(), dir.filePath(QStringLiteral("a/pilothouse.yaml")));
        QCOMPARE(findWorkspace(QStringLiteral(".."), deep).value(), dir.filePath(QStringLiteral("a/pilothouse.yaml")));
        const auto missing = findWorkspace(QStringLiteral("not-there.yaml"), deep);
        QVERIFY(!missing);
        QCOMPARE(missing.error().kind, ErrorKind::NotFound);
        qunsetenv("PILOTHOUSE_WORKSPACE");
    }

    void everyTemplateIsAWorkspace() {
        const QDir folder(QStringLiteral(PILOTHOUSE_SOURCE_DIR "/resources/templates"));
        const QStringList files = folder.entryList({QStringLiteral("*.yaml")});
        QVERIFY(!files.isEmpty());
        for (const QString &name : files) {
            const auto w = readWorkspace(folder.filePath(name));
            QVERIFY2(w, w ? "" : qPrintable(w.error().text()));
            QVERIFY(!w->models.empty());
        }
    }

    void theDemoIsAWorkspace() {
        const QDir folder(QStringLiteral(PILOTHOUSE_SOURCE_DIR "/resources/demo"));
        const auto w = readWorkspace(folder.filePath(QStringLiteral("pilothouse.yaml")));
        QVERIFY2(w, w ? "" : qPrintable(w.error().text()));
        for (const Model &model : w->models) {
            const auto recipe = readRecipe(model.recipe);
            QVERIFY2(recipe, recipe ? "" : qPrintable(recipe.error().text()));
        }
    }

    void aFileThatIsNotThereIsAnError() { QVERIFY(!readWorkspace(QStringLiteral("/not/there.yaml"))); }
};

QTEST_GUILESS_MAIN(tst_Workspace)
#include "tst_workspace.moc"
