// SPDX-License-Identifier: GPL-3.0-or-later
// The templates of the five reference systems: each is a workspace without a problem, holds what SYSTEMS.md says, and is filled in and written whole or not at all.
#include "core/base/file.h"
#include "core/demo/workspace_template.h"
#include "core/workspace/recipe.h"
#include "core/workspace/workspace.h"

#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::demo;
using namespace pilothouse::workspace;

namespace {

const QString templatesFolder = QStringLiteral(PILOTHOUSE_SOURCE_DIR "/resources/templates/");

Workspace read(const char *name) {
    const auto w = readWorkspace(templatesFolder + QLatin1String(name) + QStringLiteral("/pilothouse.yaml"));
    if (!w)
        qFatal("%s", qPrintable(w.error().text()));
    return *w;
}

/// What a workspace says at a path, in words; the test's own way to it.
QString said(const Workspace &w, const QString &path) {
    const QStringList p = path.split(QLatin1Char('/'));
    if (p[0] == QLatin1String("connections")) {
        const Connection c = w.connections.value(p[1]);
        return p[2] == QLatin1String("kind") ? c.kind : p[2] == QLatin1String("secret") ? c.secret : p[2] == QLatin1String("url") ? c.url : c.other.value(p[2]);
    }
    const Model *m = w.model(p[0]);
    if (!m)
        return QStringLiteral("no model");
    if (p[1] == QLatin1String("pipeline"))
        return p[2] == QLatin1String("job") ? m->pipeline.job : p[2] == QLatin1String("connection") ? m->pipeline.connection : m->pipeline.other.value(p[2]);
    if (p[1] == QLatin1String("deployment"))
        return p[2] == QLatin1String("target") ? m->deployment.target : p[2] == QLatin1String("namespace") ? m->deployment.space : m->deployment.image;
    if (p[1] == QLatin1String("endpoint"))
        return p[2] == QLatin1String("url") ? m->endpoint.url : p[2] == QLatin1String("protocol") ? m->endpoint.protocol : m->endpoint.reach;
    if (p[1] == QLatin1String("registry"))
        return p[2] == QLatin1String("champion") ? m->registry.champion : m->registry.name;
    if (p[1] == QLatin1String("retrain"))
        return p[2] == QLatin1String("when") ? m->retrain.when.join(QStringLiteral("; ")) : m->retrain.atMostEvery;
    for (const Model::Watch &watch : m->watch)
        if (watch.metric == p[2] || (p[2] == QLatin1String("staleness") && !watch.staleness.isEmpty()))
            return !watch.staleness.isEmpty() ? watch.staleness : watch.max ? QStringLiteral("max %1").arg(*watch.max) : watch.min ? QStringLiteral("min %1").arg(*watch.min) : QString();
    return {};
}

} // namespace

class TestWorkspaceTemplate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachIsAWorkspaceWithoutAProblem() {
        const QDir folder(templatesFolder);
        QStringList names = folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name), builtIn;
        for (const WorkspaceTemplate &each : workspaceTemplates()) {
            builtIn << each.name;
            QVERIFY(!each.title.isEmpty() && each.about.size() > 50);
        }
        QCOMPARE(builtIn, names); // all are built in
        QCOMPARE(names, (QStringList{QStringLiteral("damage"), QStringLiteral("housing"), QStringLiteral("iris-jenkins"), QStringLiteral("iris-kubeflow"), QStringLiteral("weather")}));
        for (const QString &name : names) {
            const auto w = readWorkspace(folder.filePath(name + QStringLiteral("/pilothouse.yaml")));
            QVERIFY2(w, w ? "" : qPrintable(w.error().text()));
            QVERIFY(!w->models.empty());
            for (const Model &model : w->models) {
                const auto recipe = readRecipe(model.recipe);
                QVERIFY2(recipe, recipe ? "" : qPrintable(recipe.error().text()));
                if (model.endpoint.profile.isEmpty())
                    continue;
                const auto profile = readFile(model.endpoint.profile);
                QVERIFY2(profile, qPrintable(model.endpoint.profile));
                QVERIFY2(QJsonDocument::fromJson(*profile).isObject(), qPrintable(model.endpoint.profile));
            }
        }
    }

    void itsValuesAreThoseOfTheSystem_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("value");
        const auto row = [](const char *name, const char *path, const char *value) { QTest::newRow(qPrintable(QLatin1String(name) + QLatin1Char(' ') + QLatin1String(path))) << QByteArray(name) << QString::fromUtf8(path) << QString::fromUtf8(value); };
        for (const char *one : {"t2m", "rh2m", "ws2m"}) {
            const QByteArray model = QByteArray("weather-") + one;
            row("weather", (model + "/deployment/target").constData(), (QByteArray("deployment/inference-") + one).constData());
            row("weather", (model + "/deployment/namespace").constData(), "weather-mlops");
            row("weather", (model + "/registry/name").constData(), model.constData());
        }
        row("weather", "weather-t2m/watch/mae", "max 1.5");
        row("weather", "weather-rh2m/watch/mae", "max 8");
        row("weather", "weather-ws2m/watch/mae", "max 0.8");
        row("weather", "connections/vault/mount", "secret");
        row("weather", "connections/vault/path", "docker-hub");
        row("weather", "connections/logs/index", "filebeat-*");
        row("damage", "damage-svc/pipeline/job", "train_model.yml");
        row("damage", "damage-svc/pipeline/deploy", "deploy_app.yml");
        row("damage", "damage-svc/deployment/target", "deployment/mlops-api");
        row("damage", "damage-svc/deployment/namespace", "mlops-ns");
        row("damage", "damage-svc/deployment/image", "ghcr.io/your-team/mlops-api:{commit:7}");
        row("damage", "damage-svc/endpoint/reach", "port-forward");
        row("damage", "damage-svc/watch/recall", "min 0.6");
        row("damage", "connections/azureml/experiment", "damage-incidence-prediction");
        row("damage", "connections/artifacts/path", "ml/artifacts");
        row("iris-jenkins", "iris/pipeline/connection", "jenkins");
        row("iris-jenkins", "iris/pipeline/gates", "accuracy >= 0.9");
        row("iris-jenkins", "iris/registry/champion", "Production");
        row("iris-jenkins", "iris/deployment/target", "deployment/mlops-serving");
        row("iris-jenkins", "connections/mlflow/promotes", "stages");
        row("iris-jenkins", "connections/mlflow/url", "http://127.0.0.1:5000");
        row("iris-jenkins", "connections/dvc/bucket", "mlops-dvc-storage");
        row("iris-jenkins", "connections/images/region", "us-east-1");
        row("iris-jenkins", "connections/cluster/context", "mlops-cluster");
        row("iris-kubeflow", "iris/pipeline/job", "IrisExp");
        row("iris-kubeflow", "iris/pipeline/experiment", "iris-mlflow-kserve");
        row("iris-kubeflow", "iris/pipeline/parameters", "data_path=/data");
        row("iris-kubeflow", "iris/pipeline/approval", "yes");
        row("iris-kubeflow", "iris/watch/staleness", "36h");
        row("iris-kubeflow", "iris/watch/accuracy", "max 0.95");
        row("iris-kubeflow", "iris/endpoint/protocol", "kserve-v1");
        row("iris-kubeflow", "iris/deployment/namespace", "kubeflow");
        row("iris-kubeflow", "connections/mlflow/experiment", "iris-experiment");
        row("iris-kubeflow", "connections/kubeflow/namespace", "kubeflow");
        row("iris-kubeflow", "connections/minio/bucket", "data");
        row("iris-kubeflow", "connections/minio/region", "us-east-1");
        row("housing", "housing/endpoint/url", "http://127.0.0.1:8000/predict");
        row("housing", "housing/watch/r2", "min 0.5");
        row("housing", "housing/retrain/when", "r2 < 0.5; r2 drops 0.1; data_changed");
        row("housing", "housing/retrain/every", "6h");
        row("housing", "housing/pipeline/gates", "coverage >= 95");
        row("housing", "housing/pipeline/approval", "yes");
    }
    void itsValuesAreThoseOfTheSystem() {
        QFETCH(QByteArray, name);
        QFETCH(QString, path);
        QTEST(said(read(name.constData()), path), "value");
    }

    void recipesAreThoseOfTheSystem() {
        const auto recipe = [](const char *path) { return readRecipe(templatesFolder + QLatin1String(path)).value_or(Recipe{}); };
        const auto parameter = [](const Recipe &r, std::size_t at, const char *key) { return r.estimators.at(at).parameters.value(QLatin1String(key)); };
        const Recipe weather = recipe("weather/recipes/ws2m.yaml");
        QCOMPARE(weather.target, QStringLiteral("WS2M"));
        QCOMPARE(weather.forecast->window, 24);
        QCOMPARE(weather.forecast->horizon, 24);
        QCOMPARE(weather.time->stepSeconds(), 3600);
        QCOMPARE(weather.data.missing, QStringList{QStringLiteral("-999")});
        QCOMPARE(weather.estimators.at(0).name, QStringLiteral("lstm"));
        QCOMPARE(parameter(weather, 0, "units").toInt(), 64);
        QCOMPARE(weather.gates.at(0).text(), QStringLiteral("mae < 0.8"));
        QCOMPARE(weather.exports.at(0).file, QStringLiteral("ws2m.pt"));
        const Recipe damage = recipe("damage/recipes/damage-svc.yaml");
        QCOMPARE(damage.transforms.at(0).name, QStringLiteral("standard_scale"));
        QCOMPARE(damage.transforms.at(1).name, QStringLiteral("smote"));
        QCOMPARE(damage.transforms.at(1).settings.value(QStringLiteral("k")).toInt(), 5);
        QCOMPARE(damage.estimators.at(0).name, QStringLiteral("svc"));
        QCOMPARE(damage.include.size(), 5);
        QCOMPARE(damage.gates.at(0).text(), QStringLiteral("recall >= 0.6"));
        const Recipe iris = recipe("iris-jenkins/recipes/iris.yaml");
        QCOMPARE(parameter(iris, 0, "n_estimators").toInt(), 100);
        QCOMPARE(iris.split.kind, SplitSpec::Kind::Stratified);
        QCOMPARE(iris.split.fraction, 0.2);
        QCOMPARE(iris.split.seed, 42U);
        const Recipe housing = recipe("housing/recipes/housing.yaml");
        QCOMPARE(housing.estimators.size(), std::size_t(2));
        QCOMPARE(parameter(housing, 1, "max_depth").toInt(), 10);
        QCOMPARE(housing.selectMetric, QStringLiteral("r2"));
    }

    void fieldsAreWhatAPersonFillsIn() {
        const auto fields = templateFields(QStringLiteral("weather"));
        QVERIFY(fields.has_value());
        const auto field = [&](const char *key) {
            for (const TemplateField &each : *fields)
                if (each.key == QLatin1String(key))
                    return each;
            return TemplateField{};
        };
        QCOMPARE(field("jenkins.url").value, QStringLiteral("http://127.0.0.1:8080"));
        QCOMPARE(field("jenkins.url").kind, QStringLiteral("jenkins"));
        QVERIFY(field("jenkins.secret").secret && !field("jenkins.url").secret);
        QVERIFY(field("local.root").key.isEmpty());
        QCOMPARE(templateFields(QStringLiteral("wether")).error().kind, ErrorKind::NotFound);
    }

    void isFilledInAndWritten() {
        QTemporaryDir dir;
        const QString folder = dir.filePath(QStringLiteral("mine"));
        const auto file = writeWorkspaceTemplate(QStringLiteral("weather"), folder,
                                                 {{QStringLiteral("jenkins.url"), QStringLiteral("https://ci.example/jenkins")}, {QStringLiteral("jenkins.folder"), QStringLiteral("mlops")}, {QStringLiteral("models.weather-t2m.deployment.namespace"), QStringLiteral("elsewhere")}});
        QVERIFY2(file, file ? "" : qPrintable(file.error().text()));
        const auto w = readWorkspace(*file);
        QVERIFY(w.has_value());
        QCOMPARE(w->connections.value(QStringLiteral("jenkins")).url, QStringLiteral("https://ci.example/jenkins"));
        QCOMPARE(w->connections.value(QStringLiteral("jenkins")).other.value(QStringLiteral("folder")), QStringLiteral("mlops"));
        QCOMPARE(w->model(QStringLiteral("weather-t2m"))->deployment.space, QStringLiteral("elsewhere"));
        QCOMPARE(w->model(QStringLiteral("weather-ws2m"))->deployment.space, QStringLiteral("weather-mlops"));
        QVERIFY(readRecipe(w->model(QStringLiteral("weather-ws2m"))->recipe).has_value());
        QVERIFY(QFileInfo::exists(w->model(QStringLiteral("weather-ws2m"))->endpoint.profile));
        QVERIFY(readFile(*file).value_or(QByteArray()).contains("# [D] limit")); // comments stay
        QCOMPARE(writeWorkspaceTemplate(QStringLiteral("weather"), folder, {}).error().kind, ErrorKind::Conflict);
    }

    void orNotAtAll_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::newRow("a connection that is not there") << QStringLiteral("jenkin.url") << QStringLiteral("http://ci");
        QTest::newRow("a key that nobody reads") << QStringLiteral("jenkins.adress") << QStringLiteral("http://ci");
        QTest::newRow("no address") << QStringLiteral("jenkins.url") << QStringLiteral("ci.example");
        QTest::newRow("a password in it") << QStringLiteral("jenkins.url") << QStringLiteral("https://ada:hunter2@ci.example");
        QTest::newRow("another kind") << QStringLiteral("jenkins.kind") << QStringLiteral("github");
    }
    void orNotAtAll() {
        QFETCH(QString, key);
        QFETCH(QString, value);
        QTemporaryDir dir;
        const auto file = writeWorkspaceTemplate(QStringLiteral("weather"), dir.path(), {{key, value}});
        QVERIFY(!file);
        QCOMPARE(file.error().kind, ErrorKind::Invalid);
        QVERIFY(QDir(dir.path()).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestWorkspaceTemplate)
#include "tst_workspace_template.moc"
