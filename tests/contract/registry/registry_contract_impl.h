// SPDX-License-Identifier: GPL-3.0-or-later
// The bodies of RegistryContract; included by each back end's test program.
#pragma once

#include "tests/contract/registry/registry_contract.h"
#include "tests/support/tiny_package.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <limits>

using namespace pilothouse;
using namespace pilothouse::registry;

namespace {
const QString t2m = QStringLiteral("t2m");
const QString champion = QStringLiteral("champion");
const Stamp ada{QStringLiteral("ada"), QStringLiteral("op-1")};
} // namespace

/// Fails the test with the error's text.
#define VERIFY_OK(...)                                                                                                 \
    do {                                                                                                               \
        const auto phOutcome = (__VA_ARGS__);                                                                          \
        QVERIFY2(phOutcome.has_value(), phOutcome.has_value() ? "" : qPrintable(phOutcome.error().text()));            \
    } while (false)
#define VERIFY_KIND(wanted, ...)                                                                                       \
    do {                                                                                                               \
        const auto phOutcome = (__VA_ARGS__);                                                                          \
        QVERIFY2(!phOutcome.has_value(), "an error was expected");                                                     \
        QVERIFY2(phOutcome.error().kind == (wanted), qPrintable(phOutcome.error().kindName() + QLatin1Char(' ') + phOutcome.error().text())); \
    } while (false)

/// What a back end cannot it refuses, and says what to do instead.
#define VERIFY_REFUSED(...)                                                                                            \
    do {                                                                                                               \
        const auto phOutcome = (__VA_ARGS__);                                                                          \
        QVERIFY2(!phOutcome.has_value(), "a refusal was expected");                                                    \
        QVERIFY2(phOutcome.error().kind == ErrorKind::Refused, qPrintable(phOutcome.error().text()));                  \
        QVERIFY2(!phOutcome.error().hint.isEmpty(), qPrintable(phOutcome.error().text()));                             \
    } while (false)

void RegistryContract::initTestCase() { QVERIFY(m_folder.isValid()); }

void RegistryContract::init() {
    m_registry = m_factory();
    QVERIFY(m_registry);
}

Version RegistryContract::registerOne(const QString &model, double weight) {
    const QString folder = m_folder.filePath(QStringLiteral("package%1").arg(++m_packages));
    test::TinyModel tiny;
    tiny.a = weight;
    if (auto written = test::writeTinyPackage(folder, tiny); !written)
        qFatal("%s", qPrintable(written.error().text()));
    const auto run = m_can.runs ? m_registry->createRun(QStringLiteral("trainings"), {}, QStringLiteral("ada")) : QStringLiteral("job-%1").arg(m_packages);
    if (!run)
        qFatal("%s", qPrintable(run.error().text()));
    auto made = m_registry->registerVersion(model, folder, *run, QStringLiteral("ada"));
    if (!made)
        qFatal("%s", qPrintable(made.error().text()));
    QDir(folder).removeRecursively(); // the registry has its own copy
    return *made;
}

void RegistryContract::aNewRegistryIsEmpty() {
    QVERIFY(m_registry->models()->empty());
    QVERIFY(m_registry->runs(QString())->empty());
    QVERIFY(!m_registry->model(t2m)->has_value());
    QVERIFY(m_registry->versions(t2m)->empty());
    QVERIFY(!m_registry->source().isEmpty());
}

void RegistryContract::versionsCountFromOneAndCopyThePackage() {
    const Version first = registerOne(t2m, 1), second = registerOne(t2m, 2), other = registerOne(QStringLiteral("wind"), 3);
    QCOMPARE(first.version, 1);
    QCOMPARE(second.version, 2);
    QCOMPARE(other.version, 1);
    QVERIFY(first.digest != second.digest);
    QCOMPARE(second.user, QStringLiteral("ada"));
    VERIFY_OK(m_registry->run(second.runId));
    QVERIFY(first.runId != second.runId);
    QCOMPARE(second.stage, QStringLiteral("None"));
    QVERIFY(second.created.isValid());
    for (const Version &v : {first, second, other}) {
        const auto folder = m_registry->packageFolder(v);
        VERIFY_OK(folder);
        const auto package = artifact::openPackage(*folder);
        VERIFY_OK(package);
        QCOMPARE(package->digest, v.digest);
    }
    const auto versions = *m_registry->versions(t2m);
    QCOMPARE(versions.size(), std::size_t(2));
    QCOMPARE(versions.front().version, 2);
    QCOMPARE(m_registry->version(t2m, 1)->digest, first.digest);
    const auto models = *m_registry->models();
    QCOMPARE(models.size(), std::size_t(2));
    QCOMPARE(models.front().name, t2m);
    QCOMPARE(models.front().latestVersion, 2);
}

void RegistryContract::namesAreChecked_data() {
    QTest::addColumn<QString>("name");
    for (const char *bad : {"", ".", "..", "../../etc", "a/b", "/abs", ".hidden", "-dash", "a b", "a\nb", "größe"})
        QTest::addRow("“%s” is refused", bad) << QString::fromUtf8(bad);
    QTest::newRow("a name of 129 letters is refused") << QString(129, QLatin1Char('a'));
    QTest::newRow("a NUL is refused") << QStringLiteral("a") + QChar(0) + QStringLiteral("b");
}

void RegistryContract::namesAreChecked() {
    QFETCH(const QString, name);
    const QString folder = m_folder.filePath(QStringLiteral("named%1").arg(++m_packages));
    VERIFY_OK(test::writeTinyPackage(folder, {}));
    VERIFY_KIND(ErrorKind::Invalid, m_registry->registerVersion(name, folder, QString(), QStringLiteral("ada")));
    QVERIFY(m_registry->models()->empty());
}

void RegistryContract::aDamagedPackageIsNotRegistered() {
    const QString folder = m_folder.filePath(QStringLiteral("damaged"));
    VERIFY_OK(test::writeTinyPackage(folder, {}));
    QFile weights(folder + QStringLiteral("/model.json"));
    QVERIFY(weights.open(QIODevice::WriteOnly | QIODevice::Append) && weights.write(" ") == 1);
    weights.close();
    const auto refused = m_registry->registerVersion(t2m, folder, QString(), QStringLiteral("ada"));
    QVERIFY(!refused);
    QVERIFY2(refused.error().text().contains(QStringLiteral("model.json")), qPrintable(refused.error().text()));
    QVERIFY(m_registry->versions(t2m)->empty());
    QCOMPARE(registerOne(t2m).version, 1);
}

void RegistryContract::anAliasMovesOnlyFromWhereItWasExpected() {
    registerOne(t2m, 1);
    registerOne(t2m, 2);
    VERIFY_KIND(ErrorKind::NotFound, m_registry->versionByAlias(t2m, champion));
    VERIFY_KIND(ErrorKind::Conflict, m_registry->moveAlias(t2m, champion, 1, 2, ada));
    VERIFY_OK(m_registry->moveAlias(t2m, champion, std::nullopt, 1, ada));
    QCOMPARE(m_registry->versionByAlias(t2m, champion)->version, 1);
    VERIFY_KIND(ErrorKind::Conflict, m_registry->moveAlias(t2m, champion, std::nullopt, 2, ada));
    VERIFY_OK(m_registry->moveAlias(t2m, champion, 1, 2, ada));
    QCOMPARE(m_registry->version(t2m, 2)->aliases, QStringList{champion});
    QVERIFY(m_registry->version(t2m, 1)->aliases.isEmpty());
    QCOMPARE((*m_registry->model(t2m))->aliases.front().version, 2);
}

void RegistryContract::anAliasNeedsAVersionThatIsThere() {
    registerOne(t2m);
    VERIFY_KIND(ErrorKind::NotFound, m_registry->moveAlias(t2m, champion, std::nullopt, 7, ada));
    VERIFY_KIND(ErrorKind::NotFound, m_registry->moveAlias(QStringLiteral("wind"), champion, std::nullopt, 1, ada));
    for (const char *bad : {"", "latest", "v3", "V12", "a b", "a/b"})
        VERIFY_KIND(ErrorKind::Invalid, m_registry->moveAlias(t2m, QString::fromLatin1(bad), std::nullopt, 1, ada));
    QVERIFY((*m_registry->model(t2m))->aliases.empty());
}

void RegistryContract::aDeletedAliasIsGone() {
    registerOne(t2m);
    VERIFY_OK(m_registry->moveAlias(t2m, champion, std::nullopt, 1, ada));
    VERIFY_OK(m_registry->moveAlias(t2m, champion, 1, std::nullopt, ada));
    VERIFY_KIND(ErrorKind::NotFound, m_registry->versionByAlias(t2m, champion));
}

void RegistryContract::everyAliasChangeIsKept() {
    registerOne(t2m, 1);
    registerOne(t2m, 2);
    const Stamp ben{QStringLiteral("ben"), QStringLiteral("op-2")};
    VERIFY_OK(m_registry->moveAlias(t2m, champion, std::nullopt, 1, ada));
    VERIFY_OK(m_registry->moveAlias(t2m, champion, 1, 2, ben));
    VERIFY_KIND(ErrorKind::Conflict, m_registry->moveAlias(t2m, champion, 1, 2, ben));
    VERIFY_OK(m_registry->moveAlias(t2m, champion, 2, 2, ben)); // nothing changes, nothing is written
    VERIFY_OK(m_registry->moveAlias(t2m, champion, 2, std::nullopt, ada));
    const auto history = *m_registry->aliasHistory(t2m, champion);
    QCOMPARE(history.size(), std::size_t(3));
    QVERIFY(!history[0].version);
    QCOMPARE(history[1].version.value_or(0), 2);
    QCOMPARE(history[1].by, QStringLiteral("ben"));
    QCOMPARE(history[1].operation, QStringLiteral("op-2"));
    QCOMPARE(history[2].version.value_or(0), 1);
    QVERIFY(history[2].since <= history[1].since);
    QVERIFY(m_registry->aliasHistory(t2m, QStringLiteral("other"))->empty());
}

void RegistryContract::stagesArchiveTheOthersWhenAsked() {
    registerOne(t2m, 1);
    registerOne(t2m, 2);
    const QString production = QStringLiteral("Production");
    if (!m_can.stages) {
        VERIFY_REFUSED(m_registry->setStage(t2m, 1, production, true));
        QCOMPARE(m_registry->version(t2m, 1)->stage, QStringLiteral("None"));
        return;
    }
    VERIFY_OK(m_registry->setStage(t2m, 1, production, true));
    VERIFY_OK(m_registry->setStage(t2m, 2, production, false));
    QCOMPARE(m_registry->version(t2m, 1)->stage, production);
    VERIFY_OK(m_registry->setStage(t2m, 2, production, true));
    QCOMPARE(m_registry->version(t2m, 1)->stage, QStringLiteral("Archived"));
    QCOMPARE(m_registry->version(t2m, 2)->stage, production);
    VERIFY_KIND(ErrorKind::Invalid, m_registry->setStage(t2m, 2, QStringLiteral("Live"), false));
    VERIFY_KIND(ErrorKind::NotFound, m_registry->setStage(t2m, 3, production, false));
}

void RegistryContract::tagsAndDescriptionsAreKept() {
    registerOne(t2m);
    const QString text = QStringLiteral("“größer”, 20 °C; DROP TABLE versions; -- \n next line");
    VERIFY_OK(m_registry->setVersionTag(t2m, 1, QStringLiteral("note"), text));
    VERIFY_OK(m_registry->setVersionTag(t2m, 1, QStringLiteral("other"), QString()));
    VERIFY_OK(m_registry->setDescription(t2m, 1, text));
    Version v = *m_registry->version(t2m, 1);
    QCOMPARE(v.tags.value(QStringLiteral("note")), text);
    QCOMPARE(v.tags.size(), 2);
    QCOMPARE(v.description, text);
    VERIFY_OK(m_registry->setVersionTag(t2m, 1, QStringLiteral("note"), QStringLiteral("short")));
    VERIFY_OK(m_registry->setVersionTag(t2m, 1, QStringLiteral("other"), std::nullopt));
    v = *m_registry->version(t2m, 1);
    QCOMPARE(v.tags, (QMap<QString, QString>{{QStringLiteral("note"), QStringLiteral("short")}}));
    VERIFY_KIND(ErrorKind::NotFound, m_registry->setVersionTag(t2m, 9, QStringLiteral("a"), text));
    VERIFY_KIND(ErrorKind::NotFound, m_registry->setDescription(t2m, 9, text));
}

/// By such a tag a version is found whose maker never heard the answer.
void RegistryContract::aVersionIsRegisteredWithItsTags() {
    const QString folder = m_folder.filePath(QStringLiteral("package%1").arg(++m_packages)), mark = QStringLiteral("pilothouse.operation");
    VERIFY_OK(test::writeTinyPackage(folder, {}));
    const QMap<QString, QString> tags{{mark, QStringLiteral("op-1")}, {QStringLiteral("team"), QStringLiteral("weather, 20 °C")}};
    const auto made = m_registry->registerTagged(t2m, folder, {}, QStringLiteral("ada"), tags);
    VERIFY_OK(made);
    QCOMPARE(made->version, 1);
    QCOMPARE(m_registry->version(t2m, 1)->tags, tags);
    QCOMPARE(m_registry->version(t2m, 1)->digest, made->digest);
    const auto found = m_registry->versionsTagged(t2m, mark, QStringLiteral("op-1"));
    VERIFY_OK(found);
    QCOMPARE(found->size(), std::size_t(1));
    QCOMPARE(found->front().version, 1);
    QCOMPARE(m_registry->versionsTagged(t2m, mark, QStringLiteral("op-2"))->size(), std::size_t(0));
}

void RegistryContract::aRunKeepsParamsTagsAndStatus() {
    if (!m_can.runs) {
        VERIFY_REFUSED(m_registry->createRun(t2m, QStringLiteral("monday"), QStringLiteral("ada")));
        return;
    }
    const QString id = *m_registry->createRun(t2m, QStringLiteral("monday"), QStringLiteral("ada"));
    QVERIFY(!id.isEmpty());
    VERIFY_OK(m_registry->logParams(id, {{QStringLiteral("depth"), QStringLiteral("10")}}));
    VERIFY_OK(m_registry->setRunTags(id, {{QStringLiteral("trigger"), QStringLiteral("policy")}}));
    Run run = *m_registry->run(id);
    QCOMPARE(run.status, RunStatus::Running);
    QCOMPARE(run.experiment, t2m);
    QCOMPARE(run.name, QStringLiteral("monday"));
    QCOMPARE(run.user, QStringLiteral("ada"));
    QVERIFY(run.started.isValid());
    QVERIFY(!run.ended.isValid());
    VERIFY_OK(m_registry->finishRun(id, RunStatus::Failed, QStringLiteral("The data file is gone.")));
    run = *m_registry->run(id);
    QCOMPARE(run.status, RunStatus::Failed);
    QCOMPARE(run.error, QStringLiteral("The data file is gone."));
    QVERIFY(run.ended >= run.started);
    QCOMPARE(run.params.value(QStringLiteral("depth")), QStringLiteral("10"));
    QCOMPARE(run.tags.value(QStringLiteral("trigger")), QStringLiteral("policy"));
    VERIFY_KIND(ErrorKind::Conflict, m_registry->createRun(t2m, QString(), QStringLiteral("ada"), id));
}

void RegistryContract::parametersAreWrittenOnce() {
    if (!m_can.runs) {
        VERIFY_REFUSED(m_registry->logParams(QStringLiteral("job-1"), {{QStringLiteral("seed"), QStringLiteral("7")}}));
        return;
    }
    const QString id = *m_registry->createRun(t2m, QString(), QStringLiteral("ada"));
    const QString seed = QStringLiteral("seed");
    VERIFY_OK(m_registry->logParams(id, {{seed, QStringLiteral("7")}}));
    VERIFY_OK(m_registry->logParams(id, {{seed, QStringLiteral("7")}}));
    VERIFY_KIND(ErrorKind::Conflict, m_registry->logParams(id, {{QStringLiteral("another"), QStringLiteral("1")}, {seed, QStringLiteral("8")}}));
    QCOMPARE(m_registry->run(id)->params.value(seed), QStringLiteral("7"));
}

void RegistryContract::metricsKeepTheirHistoryAndTheLastValue() {
    if (!m_can.runs) {
        VERIFY_REFUSED(m_registry->logMetrics(QStringLiteral("job-1"), {{QStringLiteral("loss"), 0.5, 0, {}}}));
        return;
    }
    const QString id = *m_registry->createRun(t2m, QString(), QStringLiteral("ada"));
    const QString loss = QStringLiteral("loss");
    const double third = 1.0 / 3;
    VERIFY_OK(m_registry->logMetrics(id, {{loss, 0.5, 0, {}}, {loss, third, 2, {}}, {loss, 0.4, 1, {}}}));
    VERIFY_OK(m_registry->logMetrics(id, {{QStringLiteral("r2"), std::numeric_limits<double>::quiet_NaN(), 0, {}}}));
    const auto points = *m_registry->metricHistory(id, loss);
    QCOMPARE(points.size(), std::size_t(3));
    QCOMPARE(points[0].step, 0);
    QCOMPARE(points[2].value, third);
    const Run run = *m_registry->run(id);
    QVERIFY(run.metrics.value(loss) == third); // every bit of it
    QVERIFY(std::isnan(run.metrics.value(QStringLiteral("r2"))));
    QVERIFY(m_registry->metricHistory(id, QStringLiteral("mae"))->empty());
}

void RegistryContract::runsComeNewestFirst() {
    QStringList made;
    if (!m_can.runs) {
        VERIFY_REFUSED(m_registry->setRunTags(QStringLiteral("job-1"), {}));
        VERIFY_REFUSED(m_registry->finishRun(QStringLiteral("job-1"), RunStatus::Finished));
        return;
    }
    for (int i = 0; i < 5; ++i)
        made.prepend(*m_registry->createRun(i % 2 ? QStringLiteral("odd") : QStringLiteral("even"), QString::number(i), QStringLiteral("ada")));
    const auto ids = [](const std::vector<Run> &runs) {
        QStringList out;
        for (const Run &r : runs)
            out += r.id;
        return out;
    };
    QCOMPARE(ids(*m_registry->runs(QString())), made);
    QCOMPARE(ids(*m_registry->runs(QString(), 2)), made.mid(0, 2));
    QCOMPARE(ids(*m_registry->runs(QStringLiteral("odd"))), (QStringList{made[1], made[3]}));
}

void RegistryContract::runsAreAskedForInPieces() {
    if (!m_can.runs)
        return; // runsAreListed…() has seen that it says so
    const auto ids = [this](const RunQuery &query) {
        QStringList out;
        QString token;
        do {
            const auto page = m_registry->runPage(query, token);
            if (!page)
                return QStringList(page.error().text());
            for (const Run &run : page->runs)
                out << run.name;
            token = page->next;
        } while (!token.isEmpty());
        return out;
    };
    QVERIFY(ids({}).isEmpty());
    QStringList made;
    for (const char *name : {"a", "b", "c"}) {
        made << *m_registry->createRun(made.size() == 1 ? QStringLiteral("odd") : QStringLiteral("even"), QLatin1String(name), QStringLiteral("ada"));
        QTest::qWait(5); // starts are kept in ms
    }
    VERIFY_OK(m_registry->finishRun(made[1], RunStatus::Finished));
    QCOMPARE(ids({}).join(QLatin1Char(' ')), QStringLiteral("c b a"));
    RunQuery running;
    running.running = true;
    QCOMPARE(ids(running).join(QLatin1Char(' ')), QStringLiteral("c a"));
    RunQuery named;
    named.ids = QStringList{made[0], QStringLiteral("0123456789abcdef0123456789abcdef"), made[1]};
    QCOMPARE(ids(named).join(QLatin1Char(' ')), QStringLiteral("b a"));
    RunQuery since;
    since.startedSince = m_registry->run(made[1])->started;
    QVERIFY(since.startedSince.isValid());
    QCOMPARE(ids(since).join(QLatin1Char(' ')), QStringLiteral("c b"));
    RunQuery odd;
    odd.experiment = QStringLiteral("odd");
    QCOMPARE(ids(odd).join(QLatin1Char(' ')), QStringLiteral("b"));
    odd.experiment = QStringLiteral("neither");
    QVERIFY(ids(odd).isEmpty());
    const QDateTime time = QDateTime::currentDateTimeUtc().addSecs(60);
    VERIFY_OK(m_registry->logMetrics(made[0], {{QStringLiteral("loss"), 1, 0, time.addSecs(-30)}, {QStringLiteral("mae"), 1, 0, time}}));
    named.ids = QStringList{made[0]};
    QCOMPARE(m_registry->runPage(named, {})->runs.front().lastPoint.toMSecsSinceEpoch(), time.toMSecsSinceEpoch()); // the sign of a run that lives
}

void RegistryContract::whatIsNotThereIsNotFound() {
    const QString none = QStringLiteral("none");
    VERIFY_KIND(ErrorKind::NotFound, m_registry->run(none));
    VERIFY_KIND(ErrorKind::NotFound, m_registry->metricHistory(none, none));
    if (m_can.runs) {
        VERIFY_KIND(ErrorKind::NotFound, m_registry->logMetrics(none, {{none, 1, 0, {}}}));
        VERIFY_KIND(ErrorKind::NotFound, m_registry->logParams(none, {{none, none}}));
        VERIFY_KIND(ErrorKind::NotFound, m_registry->finishRun(none, RunStatus::Finished));
    }
    VERIFY_KIND(ErrorKind::NotFound, m_registry->version(none, 1));
    QVERIFY(!m_registry->registerVersion(t2m, m_folder.filePath(none), QString(), QStringLiteral("ada")));
}

void RegistryContract::aCopyIsTheNextVersionOfAnotherModel() {
    const Version source = registerOne(t2m, 7);
    VERIFY_OK(m_registry->setDescription(t2m, source.version, QStringLiteral("the seventh")));
    VERIFY_OK(m_registry->setVersionTag(t2m, source.version, QStringLiteral("approved"), QStringLiteral("yes")));
    registerOne(QStringLiteral("t2m-prod"), 1);
    const Version from = *m_registry->version(t2m, source.version);
    const auto made = m_registry->copyVersion(from, QStringLiteral("t2m-prod"), QStringLiteral("bo"), {{QStringLiteral("pilothouse.copied_from"), QStringLiteral("t2m/1")}});
    VERIFY_OK(made);
    QCOMPARE(made->version, 2);
    QCOMPARE(made->digest, source.digest);
    QCOMPARE(made->runId, source.runId);
    QCOMPARE(made->user, QStringLiteral("bo"));
    QCOMPARE(made->description, QStringLiteral("the seventh"));
    QCOMPARE(made->tags.value(QStringLiteral("pilothouse.copied_from")), QStringLiteral("t2m/1"));
    QVERIFY(!made->tags.contains(QStringLiteral("approved"))); // what was said there does not hold here
    const auto folder = m_registry->packageFolder(*made);
    VERIFY_OK(folder);
    QCOMPARE(artifact::openPackage(*folder)->digest, source.digest);
    const auto first = m_registry->copyVersion(from, QStringLiteral("t2m-new"), QStringLiteral("bo"), {});
    VERIFY_OK(first);
    QCOMPARE(first->version, 1);
    VERIFY_KIND(ErrorKind::Invalid, m_registry->copyVersion(from, QStringLiteral("../t2m"), QStringLiteral("bo"), {}));
}

void RegistryContract::aVersionIsTakenAwayUnlessAnAliasUsedIt() {
    for (int i = 1; i <= 3; ++i)
        registerOne(t2m, i);
    VERIFY_OK(m_registry->setVersionTag(t2m, 3, QStringLiteral("team"), QStringLiteral("weather")));
    VERIFY_OK(m_registry->moveAlias(t2m, champion, std::nullopt, 1, ada));
    if (!m_can.runs) { // Git keeps what was committed
        VERIFY_REFUSED(m_registry->deleteVersion(t2m, 1));
        return;
    }
    VERIFY_KIND(ErrorKind::Conflict, m_registry->deleteVersion(t2m, 1)); // an alias points to it
    VERIFY_OK(m_registry->moveAlias(t2m, champion, 1, 2, ada));
    VERIFY_KIND(ErrorKind::Conflict, m_registry->deleteVersion(t2m, 1)); // one did
    VERIFY_OK(m_registry->deleteVersion(t2m, 3));
    VERIFY_KIND(ErrorKind::NotFound, m_registry->version(t2m, 3));
    VERIFY_KIND(ErrorKind::NotFound, m_registry->deleteVersion(t2m, 3));
    QCOMPARE(m_registry->versions(t2m)->size(), std::size_t(2));
    const Version next = registerOne(t2m, 4);
    QCOMPARE(next.version, 4); // the journal speaks of a version 3
    VERIFY_OK(m_registry->packageFolder(next));
}

void RegistryContract::whatARunLeftBecomesAVersion() {
    if (!m_can.runs) {
        VERIFY_REFUSED(m_registry->runModels(QStringLiteral("job-1")));
        return;
    }
    const QString folder = m_folder.filePath(QStringLiteral("left")), itsRun(32, QLatin1Char('a')); // as writeTinyPackage says
    const auto digest = test::writeTinyPackage(folder, {});
    VERIFY_OK(digest);
    VERIFY_KIND(ErrorKind::NotFound, m_registry->runModels(QStringLiteral("none")));
    const QString bare = *m_registry->createRun(QStringLiteral("trainings"), {}, QStringLiteral("ada")), run = *m_registry->createRun(QStringLiteral("trainings"), {}, QStringLiteral("ada"), itsRun);
    QVERIFY(m_registry->runModels(bare)->empty());
    const auto package = artifact::openPackage(folder);
    VERIFY_OK(package);
    const QStringList files = package->files.keys() << QStringLiteral("SHA256SUMS");
    if (const auto sent = m_registry->sendArtifacts(run, folder, files, QStringLiteral("best/model")); !sent) {
        QCOMPARE(sent.error().kind, ErrorKind::Refused); // the local one knows where its trainings wrote
        VERIFY_OK(m_registry->setRunTags(run, {{QStringLiteral("train.out"), folder}}));
    }
    const auto left = m_registry->runModels(run);
    VERIFY_OK(left);
    QCOMPARE(left->size(), std::size_t(1));
    QCOMPARE(left->front().digest, *digest);
    QVERIFY(left->front().path == QStringLiteral("best/model") || left->front().path == folder);
    registerOne(t2m, 1);
    const auto made = m_registry->registerRunModel(t2m, run, left->front(), QStringLiteral("bo"));
    VERIFY_OK(made);
    QCOMPARE(made->version, 2);
    QCOMPARE(made->runId, run);
    QCOMPARE(made->user, QStringLiteral("bo"));
    QCOMPARE(m_registry->version(t2m, 2)->digest, *digest);
    const auto there = m_registry->packageFolder(*made);
    VERIFY_OK(there);
    QCOMPARE(artifact::openPackage(*there)->digest, *digest);
    QVERIFY(QDir(folder).removeRecursively());
    VERIFY_KIND(ErrorKind::Invalid, m_registry->registerRunModel(QStringLiteral("../t2m"), run, left->front(), QStringLiteral("bo")));
}
