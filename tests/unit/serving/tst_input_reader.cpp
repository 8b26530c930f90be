// SPDX-License-Identifier: GPL-3.0-or-later
// Large bodies are read without a tree where they are plain: the answer is that of the tree for every body, right or wrong.
#include "core/serving/input_reader.h"

#include <QtTest>

#include <bit>
#include <random>

using namespace pilothouse;
using namespace pilothouse::serving;

namespace {

artifact::Signature signature(const QString &first = QStringLiteral("income")) {
    artifact::Signature signature;
    signature.task = workspace::TaskKind::Regression;
    signature.target = QStringLiteral("y");
    signature.inputs = {{first, data::ColumnType::Number, {}, false}, {QStringLiteral("age"), data::ColumnType::Number, {}, true}, {QStringLiteral("town"), data::ColumnType::Category, {"Bern", "Zürich", "a\"b"}, false}};
    return signature;
}

struct Answer {
    std::optional<InputProblem> problem;
    data::Rows rows;
    bool many = false;

    bool operator==(const Answer &other) const {
        if (problem.has_value() != other.problem.has_value())
            return false;
        if (problem)
            return problem->status == other.problem->status && problem->field == other.problem->field && problem->what == other.problem->what;
        return many == other.many && rows.count == other.rows.count && rows.width == other.rows.width
            && std::equal(rows.values.begin(), rows.values.end(), other.rows.values.begin(), other.rows.values.end(), [](double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); });
    }
};

/// With room behind its end a body may be read as it comes; without it is read through the tree.
Answer readOf(const InputReader &reader, Protocol protocol, std::string body, bool room) {
    if (room)
        body.reserve(body.size() + 64);
    else
        body.shrink_to_fit();
    Answer answer;
    ReadInput input;
    answer.problem = reader.read(protocol, body, answer.rows, input);
    answer.many = input.many;
    return answer;
}

std::string rowsOf(int count, std::mt19937 &random, bool named) {
    const char *towns[] = {"\"Bern\"", "\"Z\\u00fcrich\"", "\"Zürich\"", "\"a\\\"b\"", "\"elsewhere\""};
    std::string out = "[";
    for (int i = 0; i < count; ++i) {
        const std::string income = std::to_string(int(random() % 2000) - 1000) + (random() % 2 ? ".25e-1" : ""), age = random() % 5 ? std::to_string(random() % 100) : "null", town = towns[random() % 5];
        out += i ? ", " : "";
        out += named ? "{\"income\":" + income + ", \"age\": " + age + ",\"town\":" + town + "}" : "[" + income + "," + age + ", " + town + "]";
    }
    return out + "]";
}

std::string say(const Answer &answer) {
    return answer.problem ? std::to_string(answer.problem->status) + " " + answer.problem->field + ": " + answer.problem->what : std::to_string(answer.rows.count) + " rows";
}

} // namespace

class TestInputReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyShapeIsReadAlike() {
        const InputReader reader(signature());
        std::mt19937 random(1);
        for (const bool named : {false, true})
            for (const auto &[protocol, before, after] : {std::tuple(Protocol::Rest, "{\"rows\":", "}"), std::tuple(Protocol::Rest, "  ", "\n "), std::tuple(Protocol::KserveV1, "{ \"instances\" : ", " } ")}) {
                const std::string body = before + rowsOf(200, random, named) + after;
                const Answer one = readOf(reader, protocol, body, true), other = readOf(reader, protocol, body, false);
                QVERIFY2(!one.problem, say(one).c_str());
                QCOMPARE(one.rows.count, std::size_t(200));
                QVERIFY(one == other);
                QVERIFY(one.many);
            }
    }

    void whatIsWrongIsSaidAsBefore_data() {
        QTest::addColumn<QByteArray>("change");
        QTest::addColumn<QByteArray>("with");
        QTest::newRow("another order") << QByteArray(R"({"income":1,"age":2,"town":"Bern"})") << QByteArray(R"({"town":"Bern","age":2,"income":1})");
        QTest::newRow("one left out") << QByteArray(R"({"income":1,"age":2,"town":"Bern"})") << QByteArray(R"({"income":1,"town":"Bern"})");
        QTest::newRow("a needed one left out") << QByteArray(R"({"income":1,"age":2,"town":"Bern"})") << QByteArray(R"({"age":2,"town":"Bern"})");
        QTest::newRow("twice") << QByteArray(R"("age":2)") << QByteArray(R"("age":2,"age":3)");
        QTest::newRow("unknown") << QByteArray(R"("age":2)") << QByteArray(R"("aged":2)");
        QTest::newRow("a text for a number") << QByteArray(R"("income":1)") << QByteArray(R"("income":"1")");
        QTest::newRow("a number for a text") << QByteArray(R"("town":"Bern")") << QByteArray(R"("town":3)");
        QTest::newRow("a list for a number") << QByteArray(R"("income":1)") << QByteArray(R"("income":[1])");
        QTest::newRow("null where none may be") << QByteArray(R"("income":1)") << QByteArray(R"("income":null)");
        QTest::newRow("a comma too few") << QByteArray(R"(1,"age")") << QByteArray(R"(1 "age")");
        QTest::newRow("a comma too many") << QByteArray(R"("Bern"})") << QByteArray(R"("Bern",})");
        QTest::newRow("no number") << QByteArray(R"("income":1)") << QByteArray(R"("income":01)");
        QTest::newRow("too large") << QByteArray(R"("income":1)") << QByteArray(R"("income":1e999)");
        QTest::newRow("a key beside") << QByteArray(R"({"rows":)") << QByteArray(R"({"id":1,"rows":)");
        QTest::newRow("a key behind") << QByteArray(R"(}]})") << QByteArray(R"(}],"id":1})");
        QTest::newRow("text behind") << QByteArray(R"(}]})") << QByteArray(R"(}]} [])");
        QTest::newRow("broken off") << QByteArray(R"(}]})") << QByteArray(R"(}])");
        QTest::newRow("a row of another kind") << QByteArray(R"({"income":1,"age":2,"town":"Bern"})") << QByteArray(R"([1,2,"Bern"])");
        QTest::newRow("a short row") << QByteArray(R"({"income":1,"age":2,"town":"Bern"})") << QByteArray(R"([1,2])");
        QTest::newRow("a long row") << QByteArray(R"({"income":1,"age":2,"town":"Bern"})") << QByteArray(R"([1,2,"Bern",4])");
        QTest::newRow("no UTF-8") << QByteArray(R"("town":"Bern")") << QByteArray("\"town\":\"B\xff\"");
        QTest::newRow("nothing changed") << QByteArray() << QByteArray();
    }
    void whatIsWrongIsSaidAsBefore() {
        QFETCH(QByteArray, change);
        QFETCH(QByteArray, with);
        const InputReader reader(signature());
        std::string body = "{\"rows\":[";
        for (int i = 0; i < 100; ++i)
            body += i ? R"(,{"income":0.5,"age":7,"town":"Bern"})" : R"({"income":0.5,"age":7,"town":"Bern"})";
        body += R"(,{"income":1,"age":2,"town":"Bern"}]})";
        if (!change.isEmpty()) {
            const auto at = body.rfind(change.toStdString());
            QVERIFY(at != std::string::npos);
            body.replace(at, std::size_t(change.size()), with.toStdString());
        }
        const Answer one = readOf(reader, Protocol::Rest, body, true), other = readOf(reader, Protocol::Rest, body, false);
        QVERIFY2(one == other, (say(one) + " | " + say(other)).c_str());
    }

    /// Bytes exchanged, taken out and put in at random.
    void aDamagedBodyIsReadAlike() {
        const InputReader reader(signature());
        std::mt19937 random(7);
        int refused = 0;
        for (int i = 0; i < 4000; ++i) {
            std::string body = "{\"rows\":" + rowsOf(60, random, i % 2) + "}";
            for (int damages = int(random() % 3); damages >= 0; --damages) {
                const std::size_t at = random() % body.size();
                const char byte = "{}[]\",:0.eE-+ntu\\ \n\x01"[random() % 21];
                switch (random() % 3) {
                case 0: body[at] = byte; break;
                case 1: body.erase(at, 1); break;
                default: body.insert(at, 1, byte);
                }
            }
            if (body.size() < 2048)
                continue;
            const Answer one = readOf(reader, Protocol::Rest, body, true), other = readOf(reader, Protocol::Rest, body, false);
            QVERIFY2(one == other, (say(one) + " | " + say(other) + "\n" + body).c_str());
            refused += one.problem ? 1 : 0;
        }
        QVERIFY(refused > 1000);
    }

    void anInputCalledRowsOrWithQuotesIsNoTrap() {
        std::mt19937 random(3);
        for (const char *name : {"rows", "in\"come", "in\\come"}) {
            const InputReader reader(signature(QString::fromUtf8(name)));
            const std::string body = "{\"rows\":" + rowsOf(100, random, false) + "}";
            const Answer one = readOf(reader, Protocol::Rest, body, true), other = readOf(reader, Protocol::Rest, body, false);
            QVERIFY2(one == other, (say(one) + " | " + say(other)).c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestInputReader)
#include "tst_input_reader.moc"
