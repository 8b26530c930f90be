// SPDX-License-Identifier: GPL-3.0-or-later
// Kubeflow Pipelines in both versions of its API, as app/estate plays it: uploads, experiments that are made, schedules that come back whole.
#include "core/pipelines/pipeline_operations.h"
#include "core/pipelines/upload_operation.h"
#include "tests/contract/pipelines/five_systems.h"
#include "tests/contract/pipelines/journal_bench.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;
using support::Fault;
using support::said;

namespace {

using Q = QLatin1String;
const QByteArray compiled("pipelineInfo:\n  name: nightly\nroot:\n  dag:\n    tasks: {}\nschemaVersion: 2.1.0\n");

} // namespace

class TestKubeflowVersions : public QObject {
    Q_OBJECT

    std::unique_ptr<support::FiveSystems> m_systems;
    std::unique_ptr<support::JournalBench> m_bench;

    support::PipelineSystem &kubeflow() { return m_systems->named(QStringLiteral("kubeflow")); }
    std::shared_ptr<PipelineService> fresh() { return *kubeflow().open(); }
    void rows() {
        QTest::addColumn<QString>("version");
        QTest::newRow("v2beta1") << "v2beta1";
        QTest::newRow("v1beta1") << "v1beta1";
    }
    void begin() {
        QFETCH(QString, version);
        m_systems->estate().control(QStringLiteral("kubeflow"), QStringLiteral("settings"), {{Q("only"), version}});
        kubeflow().service = fresh();
        kubeflow().proxy->reset();
    }
    operations::OperationOutcome uploaded(const QString &version, QString *id = nullptr) {
        const auto made = std::make_shared<QString>();
        auto operation = uploadPipelineOperation(kubeflow().service, {}, version, QStringLiteral("/x/nightly.yaml"), compiled, made);
        if (!operation)
            QTest::qFail(qPrintable(operation.error().text()), __FILE__, __LINE__);
        auto outcome = m_bench->operations->run(*std::move(operation));
        if (id)
            *id = *made;
        return outcome;
    }
    int posts(const char *part) {
        int count = 0;
        for (const QByteArray &line : kubeflow().proxy->lines())
            count += line.startsWith("POST ") && line.contains(part);
        return count;
    }

private Q_SLOTS:
    void init() {
        m_systems = std::make_unique<support::FiveSystems>();
        QVERIFY2(m_systems->problem().isEmpty(), qPrintable(m_systems->problem()));
        m_bench = std::make_unique<support::JournalBench>();
    }
    void cleanup() { m_systems.reset(); }

    void aPipelineIsUploadedAndAVersionOfIt_data() { rows(); }
    void aPipelineIsUploadedAndAVersionOfIt() {
        begin();
        QString id;
        const auto first = uploaded({}, &id);
        QVERIFY2(first.done, qPrintable(said(first)));
        QVERIFY(!id.isEmpty());
        const auto second = uploaded(QStringLiteral("two"), &id);
        QVERIFY2(second.done, qPrintable(said(second)));
        const auto form = kubeflow().service->form(QStringLiteral("nightly"));
        QVERIFY2(form, form ? "" : qPrintable(form.error().text()));
        QVERIFY2(form->refs.contains(QStringLiteral("two")) && form->refs.contains(QStringLiteral("nightly")), qPrintable(form->refs.join(QLatin1Char(' '))));
        const auto again = uploaded(QStringLiteral("two"));
        QVERIFY(!again.done);
        QCOMPARE(again.error->kind, ErrorKind::Conflict);
        QCOMPARE(posts("/pipelines/upload"), 2);
        const auto run = kubeflow().service->startRun({QStringLiteral("nightly"), {}, QStringLiteral("two"), QStringLiteral("ana"), {}});
        QVERIFY2(run, run ? "" : qPrintable(run.error().text()));
        QVERIFY(m_bench->text().contains("sha256"));
    }

    void anUploadWhoseReplyIsLostCounts_data() { rows(); }
    void anUploadWhoseReplyIsLostCounts() {
        begin();
        kubeflow().proxy->reset([](int, const QByteArray &request) {
            Fault fault;
            if (request.startsWith("POST "))
                fault.kind = Fault::Kind::LostReply;
            return fault;
        });
        const auto first = uploaded({});
        QVERIFY2(first.done, qPrintable(said(first)));
        const auto second = uploaded(QStringLiteral("two"));
        QVERIFY2(second.done, qPrintable(said(second)));
        QCOMPARE(posts("/pipelines/upload"), 2);
    }

    void anUploadThatNeverCameDoesNot_data() { rows(); }
    void anUploadThatNeverCameDoesNot() {
        begin();
        kubeflow().proxy->reset([](int, const QByteArray &request) {
            Fault fault;
            if (request.startsWith("POST "))
                fault.kind = Fault::Kind::Reset;
            return fault;
        });
        const auto first = uploaded({});
        QVERIFY(!first.done);
        QVERIFY2(first.error->hint.contains(QStringLiteral("upload it again")), qPrintable(said(first)));
    }

    void oneThatWasDeletedAndUploadedAgainIsTheNewOne() {
        const auto first = uploaded({});
        QVERIFY2(first.done, qPrintable(said(first)));
        const auto old = kubeflow().service->pipelines();
        QVERIFY(old);
        const auto found = std::find_if(old->begin(), old->end(), [](const Pipeline &one) { return one.name == Q("nightly"); });
        QVERIFY(found != old->end());
        net::HttpClient http;
        net::Request remove;
        remove.method = "DELETE";
        remove.url = m_systems->estate().url(QStringLiteral("kubeflow")) + QStringLiteral("/apis/v2beta1/pipelines/") + found->link.section(QLatin1Char('/'), -1);
        QCOMPARE(http.send(remove)->status, 200);
        const auto gone = kubeflow().service->startRun({QStringLiteral("nightly"), {}, {}, QStringLiteral("ana"), {}});
        QVERIFY(!gone && gone.error().kind == ErrorKind::NotFound);
        auto other = uploadPipelineOperation(fresh(), {}, {}, QStringLiteral("/x/nightly.yaml"), compiled, nullptr); // by somebody else
        QVERIFY(other && m_bench->operations->run(*std::move(other)).done);
        const auto run = kubeflow().service->startRun({QStringLiteral("nightly"), {}, {}, QStringLiteral("ana"), {}});
        QVERIFY2(run, run ? "" : qPrintable(run.error().text()));
        QCOMPARE(kubeflow().service->run(*run)->pipeline, QStringLiteral("nightly"));
        QCOMPARE(kubeflow().service->runs(QStringLiteral("nightly"), 5)->size(), std::size_t(1));
    }

    void aScheduleMakesItsExperimentAndComesBackWhole_data() { rows(); }
    void aScheduleMakesItsExperimentAndComesBackWhole() {
        begin();
        QVERIFY(uploaded({}).done && uploaded(QStringLiteral("two")).done);
        ScheduleRequest request;
        request.name = QStringLiteral("every night");
        request.pipeline = QStringLiteral("nightly");
        request.version = QStringLiteral("nightly"); // not the newest
        request.experiment = QStringLiteral("experiment of the night");
        request.cron = QStringLiteral("0 2 * * *");
        request.most = 3;
        const auto made = std::make_shared<QString>();
        const auto created = m_bench->operations->run(createScheduleOperation(kubeflow().service, request, made));
        QVERIFY2(created.done, qPrintable(said(created)));
        QCOMPARE(posts("/experiments"), 1);
        const auto find = [&](const QString &name) -> std::optional<Schedule> {
            const auto all = kubeflow().service->schedules();
            if (all)
                for (const Schedule &one : *all)
                    if (one.name == name)
                        return one;
            return std::nullopt;
        };
        const auto before = find(request.name);
        QVERIFY(before);
        QCOMPARE(before->id, *made);
        QVERIFY(!before->version.isEmpty() && !before->experiment.isEmpty());
        Schedule kept = *before; // as something that was read long ago may have it
        kept.version.clear();
        kept.experiment.clear();
        const auto removal = removeScheduleOperation(kubeflow().service, kept);
        const auto removed = m_bench->operations->run(removal);
        QVERIFY2(removed.done, qPrintable(said(removed)));
        QVERIFY(!find(request.name));
        const auto undone = m_bench->operations->undoDone(removal, removed);
        QVERIFY2(undone.done, qPrintable(said(undone)));
        const auto after = find(request.name);
        QVERIFY(after);
        QCOMPARE(after->version, before->version);
        QCOMPARE(after->experiment, before->experiment);
        QCOMPARE(after->when, before->when);
        QCOMPARE(after->most, before->most);
        QCOMPARE(posts("/experiments"), 1);
    }

    void theWholeLogIsThatOfItsTasks() {
        QString id = *kubeflow().service->startRun({kubeflow().job, {}, {}, QStringLiteral("ana"), {}});
        LogFrom from{id, {}, {}, 0};
        QByteArray all;
        bool end = false;
        for (int i = 0; i < 400 && !end; ++i) { // while it runs
            const auto piece = kubeflow().service->readLog(from);
            QVERIFY2(piece, piece ? "" : qPrintable(piece.error().text()));
            all += piece->bytes;
            end = piece->end;
            from.next = piece->next;
            kubeflow().advance(2);
        }
        QVERIFY(end);
        const auto run = kubeflow().service->run(id);
        int heads = 0;
        for (const Stage &stage : run->stages) {
            QCOMPARE(all.count("=== " + stage.name.toUtf8() + " ===\n"), 1);
            ++heads;
        }
        QVERIFY(heads > 1);
        const auto again = kubeflow().service->readLog(from);
        QVERIFY(again && again->bytes.isEmpty() && again->end);
        const auto tail = kubeflow().service->readLog({id, {}, {}, 64});
        QVERIFY(tail && tail->skipped != 0 && !tail->bytes.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestKubeflowVersions)
#include "tst_kubeflow_versions.moc"
