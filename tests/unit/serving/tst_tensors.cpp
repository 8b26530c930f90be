// SPDX-License-Identifier: GPL-3.0-or-later
// Output tensors of the Open Inference Protocol, as our server and those of others write them.
#include "core/serving/tensors.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::serving;

Q_DECLARE_METATYPE(pilothouse::artifact::Signature)

namespace {

QJsonArray list(const QByteArray &json) { return QJsonDocument::fromJson(json).array(); }

QByteArray shown(const std::vector<QJsonValue> &values) {
    QJsonArray all;
    for (const QJsonValue &value : values)
        all.append(value);
    return QJsonDocument(all).toJson(QJsonDocument::Compact);
}

artifact::Signature signatureOf(workspace::TaskKind task, std::vector<QString> outputs, std::vector<std::string> classes = {}) {
    artifact::Signature signature;
    signature.task = task;
    signature.target = QStringLiteral("t2m");
    signature.outputs = std::move(outputs);
    signature.classes = std::move(classes);
    return signature;
}

} // namespace

class TestTensors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsAreReadByNameAndShape_data() {
        QTest::addColumn<QByteArray>("outputs");
        QTest::addColumn<int>("rows");
        QTest::addColumn<QByteArray>("predictions");
        QTest::addColumn<QByteArray>("probabilities");
        const auto row = [](const char *name, const char *outputs, int rows, const char *predictions, const char *probabilities = "[]") {
            QTest::newRow(name) << QByteArray(outputs) << rows << QByteArray(predictions) << QByteArray(probabilities);
        };
        row("a number a row", R"([{"name":"predict","shape":[3],"datatype":"FP64","data":[1,2.5,3]}])", 3, "[1,2.5,3]");
        row("a column of one", R"([{"name":"output-0","shape":[2,1],"datatype":"FP32","data":[1,2]}])", 2, "[1,2]");
        row("steps, flat in row-major order", R"([{"name":"y","shape":[2,3],"datatype":"FP64","data":[1,2,3,4,5,6]}])", 2, "[[1,2,3],[4,5,6]]");
        row("steps, nested", R"([{"name":"y","shape":[2,3],"datatype":"FP64","data":[[1,2,3],[4,5,6]]}])", 2, "[[1,2,3],[4,5,6]]");
        row("more dimensions are one list", R"([{"name":"y","shape":[2,2,2],"datatype":"FP64","data":[1,2,3,4,5,6,7,8]}])", 2, "[[1,2,3,4],[5,6,7,8]]");
        row("several targets in any order", R"([{"name":"t2m","shape":[2,2],"datatype":"FP64","data":[1,2,3,4]},{"name":"rh2m","shape":[2,2],"datatype":"FP64","data":[[5,6],[7,8]]}])", 2,
            R"([{"rh2m":[5,6],"t2m":[1,2]},{"rh2m":[7,8],"t2m":[3,4]}])");
        row("several targets of one step", R"([{"name":"t2m","shape":[2],"datatype":"FP64","data":[1,3]},{"name":"rh2m","shape":[2,1],"datatype":"FP64","data":[5,7]}])", 2,
            R"([{"rh2m":5,"t2m":1},{"rh2m":7,"t2m":3}])");
        row("classes and probabilities", R"([{"name":"predict","shape":[2],"datatype":"BYTES","data":["a","b"]},{"name":"predict_proba","shape":[2,2],"datatype":"FP64","data":[0.75,0.25,0.5,0.5]}])", 2,
            R"(["a","b"])", "[[0.75,0.25],[0.5,0.5]]");
        row("probabilities first", R"([{"name":"probabilities","shape":[1,3],"datatype":"FP32","data":[0.25,0.5,0.25]},{"name":"label","shape":[1],"datatype":"INT64","data":[1]}])", 1, "[1]", "[[0.25,0.5,0.25]]");
        row("one probability is a list, too", R"([{"name":"label","shape":[2],"datatype":"INT64","data":[1,0]},{"name":"probability","shape":[2],"datatype":"FP32","data":[0.75,0.25]}])", 2, "[1,0]", "[[0.75],[0.25]]");
        row("probabilities alone are the answer", R"([{"name":"predict_proba","shape":[1,2],"datatype":"FP64","data":[0.25,0.75]}])", 1, "[[0.25,0.75]]");
        row("truth values are numbers", R"([{"name":"alarm","shape":[2],"datatype":"BOOL","data":[true,false]}])", 2, "[1,0]");
        row("one row without its dimension", R"([{"name":"y","shape":[3],"datatype":"FP64","data":[1,2,3]}])", 1, "[[1,2,3]]");
        row("one row without any dimension", R"([{"name":"y","shape":[],"datatype":"FP64","data":[4]}])", 1, "[4]");
    }
    void rowsAreReadByNameAndShape() {
        QFETCH(QByteArray, outputs);
        QFETCH(int, rows);
        QFETCH(QByteArray, predictions);
        QFETCH(QByteArray, probabilities);
        const auto read = rowsOfTensors(list(outputs), std::size_t(rows), QStringLiteral("here"));
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        QCOMPARE(shown(read->predictions), predictions);
        QCOMPARE(shown(read->probabilities), probabilities);
    }

    void whatIsNoAnswerIsNamed_data() {
        QTest::addColumn<QByteArray>("outputs");
        QTest::addColumn<QString>("what");
        const auto row = [](const char *name, const char *outputs, const char *what) { QTest::newRow(name) << QByteArray(outputs) << QString::fromUtf8(what); };
        row("no tensor", "[]", "lists no output tensors");
        row("no name", R"([{"shape":[2],"datatype":"FP64","data":[1,2]}])", "no name, or no shape");
        row("no shape", R"([{"name":"y","datatype":"FP64","data":[1,2]}])", "no name, or no shape");
        row("a shape of halves", R"([{"name":"y","shape":[2.5],"datatype":"FP64","data":[1,2]}])", "no name, or no shape");
        row("a negative size", R"([{"name":"y","shape":[-1],"datatype":"FP64","data":[1,2]}])", "no name, or no shape");
        row("a datatype that does not exist", R"([{"name":"y","shape":[2],"datatype":"DOUBLE","data":[1,2]}])", "“y” has the datatype “DOUBLE”");
        row("no data", R"([{"name":"y","shape":[2],"datatype":"FP64"}])", "“y” has no list of data");
        row("binary data", R"([{"name":"y","shape":[2],"datatype":"FP64","parameters":{"binary_data_size":16}}])", "“y” comes in binary");
        row("less data than the shape", R"([{"name":"y","shape":[2,2],"datatype":"FP64","data":[1,2,3]}])", "shape [2, 2], which is 4 values, and holds 3");
        row("a shape beyond all data", R"([{"name":"y","shape":[99999999,99999999,99999999],"datatype":"FP64","data":[1]}])", "and holds 1.");
        row("other rows than were sent", R"([{"name":"y","shape":[3],"datatype":"FP64","data":[1,2,3]}])", "shape [3], and 2 rows were sent");
        row("no dimension for two rows", R"([{"name":"y","shape":[],"datatype":"FP64","data":[1]}])", "shape [], and 2 rows were sent");
        row("a name twice", R"([{"name":"y","shape":[2],"datatype":"FP64","data":[1,2]},{"name":"y","shape":[2],"datatype":"FP64","data":[1,2]}])", "two output tensors called “y”");
    }
    void whatIsNoAnswerIsNamed() {
        QFETCH(QByteArray, outputs);
        QFETCH(QString, what);
        const auto read = rowsOfTensors(list(outputs), 2, QStringLiteral("here"));
        QVERIFY(!read);
        QCOMPARE(read.error().kind, ErrorKind::Invalid);
        QCOMPARE(read.error().where, QStringLiteral("here"));
        QVERIFY2(read.error().what.contains(what), qPrintable(read.error().what));
    }

    void anAnswerForOneRowIsNotThatOfTwo() {
        const auto read = rowsOfTensors(list(R"([{"name":"y","shape":[2,3],"datatype":"FP64","data":[1,2,3,4,5,6]}])"), 1, {});
        QVERIFY(!read);
        QVERIFY2(read.error().what.contains(QStringLiteral("shape [2, 3], and 1 rows were sent")), qPrintable(read.error().what));
        QVERIFY(!rowsOfTensors(QJsonValue(QStringLiteral("busy")), 1, {}));
    }

    void aModelsOutputsAreTensors_data() {
        using Task = workspace::TaskKind;
        QTest::addColumn<artifact::Signature>("signature");
        QTest::addColumn<QStringList>("tensors");
        QTest::newRow("a number") << signatureOf(Task::Regression, {QStringLiteral("y")}) << QStringList{QStringLiteral("predict FP64 []")};
        QTest::newRow("steps") << signatureOf(Task::Forecast, {QStringLiteral("t2m@+1"), QStringLiteral("t2m@+2")}) << QStringList{QStringLiteral("predict FP64 [2]")};
        QTest::newRow("several targets") << signatureOf(Task::Forecast, {QStringLiteral("t2m@+1"), QStringLiteral("t2m@+2"), QStringLiteral("rh2m@+1"), QStringLiteral("rh2m@+2")})
                                         << QStringList{QStringLiteral("t2m FP64 [2]"), QStringLiteral("rh2m FP64 [2]")};
        QTest::newRow("named classes") << signatureOf(Task::Classification, {QStringLiteral("y")}, {"calm", "storm"}) << QStringList{QStringLiteral("predict BYTES []"), QStringLiteral("predict_proba FP64 [2]")};
        QTest::newRow("numbered classes") << signatureOf(Task::Classification, {QStringLiteral("y")}, {"-1", "0", "12"}) << QStringList{QStringLiteral("predict INT64 []"), QStringLiteral("predict_proba FP64 [3]")};
        QTest::newRow("a class with a leading zero is a name") << signatureOf(Task::Classification, {QStringLiteral("y")}, {"01", "2"}) << QStringList{QStringLiteral("predict BYTES []"), QStringLiteral("predict_proba FP64 [2]")};
    }
    void aModelsOutputsAreTensors() {
        QFETCH(artifact::Signature, signature);
        QFETCH(QStringList, tensors);
        QStringList found;
        for (const OutputTensor &tensor : outputTensors(signature))
            found << QStringLiteral("%1 %2 [%3]").arg(tensor.name, tensor.datatype, tensor.sizes.empty() ? QString() : QString::number(tensor.sizes.front()));
        QCOMPARE(found, tensors);
    }
};

QTEST_GUILESS_MAIN(TestTensors)
#include "tst_tensors.moc"
