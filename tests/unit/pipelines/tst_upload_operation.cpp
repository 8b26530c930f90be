// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/kubeflow_words.h"
#include "core/pipelines/upload_operation.h"
#include "tests/support/fake_pipelines.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;
using pilothouse::tests::FakePipelines;

namespace {

/// Keeps versions, and loses replies where a test wants it.
class Keeper final : public FakePipelines {
public:
    Keeper() : FakePipelines(QStringLiteral("kfp"), QStringLiteral("kubeflow")) {}
    Result<QString> uploadPipeline(const QString &name, const QString &version, const QString &, const QByteArray &) override {
        ++uploads;
        if (comes) {
            Pipeline pipeline;
            pipeline.id = pipeline.name = name;
            const bool isNew = known.empty();
            if (isNew)
                known.push_back(pipeline);
            startForm.refs.prepend(isNew ? name : version);
        }
        if (lost)
            return *lost;
        return QStringLiteral("v-%1").arg(uploads);
    }
    int uploads = 0;
    bool comes = true;
    std::optional<Error> lost;
};

const QByteArray file("pipelineInfo:\n  name: irisexp\nroot: {}\n---\nplatforms: {}\n");

} // namespace

class TestUploadOperation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsSentStandsInItsPlan() {
        const auto keeper = std::make_shared<Keeper>();
        const auto made = std::make_shared<QString>();
        const auto operation = uploadPipelineOperation(keeper, {}, QStringLiteral("two"), QStringLiteral("/x/iris.yaml"), file, made);
        QVERIFY2(operation, operation ? "" : qPrintable(operation.error().text()));
        QCOMPARE(operation->connection, QStringLiteral("kfp"));
        QCOMPARE(operation->object, QStringLiteral("pipeline irisexp"));
        QCOMPARE(operation->details.value(QStringLiteral("sha256")).toString().size(), 64);
        QCOMPARE(keeper->uploads, 0);
        const operations::Step &step = operation->steps.front();
        QVERIFY(step.guard() && step.execute() && step.readBack());
        QCOMPARE(*made, QStringLiteral("v-1"));
    }
    void aVersionThatIsThereIsRefused() {
        const auto keeper = std::make_shared<Keeper>();
        keeper->known.push_back({});
        keeper->known.front().name = QStringLiteral("irisexp");
        keeper->startForm.refs = {QStringLiteral("two")};
        const auto operation = uploadPipelineOperation(keeper, {}, QStringLiteral("two"), QStringLiteral("iris.yaml"), file, nullptr);
        QCOMPARE(operation->steps.front().guard().error().kind, ErrorKind::Conflict);
    }
    void aReplyThatIsLost_data() {
        QTest::addColumn<bool>("comes");
        QTest::addColumn<bool>("isNew");
        QTest::newRow("a new pipeline that came counts") << true << true;
        QTest::newRow("a version that came counts") << true << false;
        QTest::newRow("one that did not come is said") << false << true;
    }
    void aReplyThatIsLost() {
        QFETCH(bool, comes);
        QFETCH(bool, isNew);
        const auto keeper = std::make_shared<Keeper>();
        keeper->comes = comes;
        keeper->lost = Error{ErrorKind::TimedOut, QStringLiteral("no reply"), {}, {}, {}};
        if (!isNew) {
            keeper->known.push_back({});
            keeper->known.front().name = QStringLiteral("irisexp");
        }
        const auto operation = uploadPipelineOperation(keeper, {}, QStringLiteral("two"), QStringLiteral("iris.yaml"), file, nullptr);
        const operations::Step &step = operation->steps.front();
        QVERIFY(step.guard());
        const auto sent = step.execute();
        QCOMPARE(bool(sent), comes);
        QCOMPARE(bool(step.readBack()), comes);
        QCOMPARE(keeper->uploads, 1);
        QVERIFY(comes || sent.error().hint.contains(QStringLiteral("upload it again")));
    }
    void namesThatMakeNoPodsAreRefused_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("said");
        QTest::newRow("too long") << "pipelineInfo:\n  name: " + QByteArray(58, 'a') + "\n" << int(ErrorKind::Refused) << "57";
        QTest::newRow("capitals") << QByteArray("pipelineInfo:\n  name: Iris_Exp\n") << int(ErrorKind::Refused) << "a–z";
        QTest::newRow("a workflow of Argo, too long") << "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata:\n  generateName: " + QByteArray(60, 'b') + "-\n" << int(ErrorKind::Refused) << "57";
        QTest::newRow("no name") << QByteArray("pipelineInfo:\n  description: x\n") << int(ErrorKind::Invalid) << "no name";
        QTest::newRow("no pipeline") << QByteArray("a: 1\n") << int(ErrorKind::Invalid) << "no compiled pipeline";
    }
    void namesThatMakeNoPodsAreRefused() {
        QFETCH(QByteArray, text);
        QFETCH(int, kind);
        QFETCH(QString, said);
        const auto operation = uploadPipelineOperation(std::make_shared<Keeper>(), {}, {}, QStringLiteral("x.yaml"), text, nullptr);
        QVERIFY(!operation);
        QCOMPARE(int(operation.error().kind), kind);
        QVERIFY2(operation.error().text().contains(said), qPrintable(operation.error().text()));
    }
    void anotherSystemKeepsNone() {
        QCOMPARE(uploadPipelineOperation(std::make_shared<FakePipelines>(QStringLiteral("ci")), {}, {}, QStringLiteral("x.yaml"), file, nullptr).error().kind, ErrorKind::Refused);
    }
};

QTEST_GUILESS_MAIN(TestUploadOperation)
#include "tst_upload_operation.moc"
