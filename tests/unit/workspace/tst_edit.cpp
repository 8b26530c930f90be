// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/edit.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <random>

using namespace pilothouse;
using namespace pilothouse::workspace;

namespace {
const QString file = QStringLiteral("/w.yaml");
const char *const text =
    "# my workspace\n"
    "workspace: mine   # the name\n"
    "\n"
    "connections:\n"
    "  local: {kind: local, root: r}   # here\n"
    "  # the server\n"
    "  mlflow:\n"
    "    kind: mlflow\n"
    "    url: http://x:1   # port\n"
    "\n"
    "models:\n"
    "  t2m:\n"
    "    # who may\n"
    "    promotion: {approvals: 1}   # one is enough\n"
    "    watch:\n"
    "    - {metric: mae, max: 1.5}\n"
    "    - staleness: 36h  # a day and a half\n"
    "    notes: |\n"
    "      first line\n"
    "        second: line\n"
    "\n"
    "      third\n"
    "    recipe: a.yaml\n"
    "  rh: {registry: {connection: local}, recipe: \"b \\\"x\\\".yaml\", retrain: {when: [\"mae > 1\", 'r2 drops 0.1']}}\n";
QStringList path(const char *slashed) { return QString::fromUtf8(slashed).split(QLatin1Char('/')); }
} // namespace

class tst_Edit : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aScalarIsReplacedAtItsMark_data() {
        QTest::addColumn<QString>("where");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        const auto row = [](const char *name, const char *where, const char *value, const char *before, const char *after) {
            QTest::newRow(name) << QString::fromUtf8(where) << QString::fromUtf8(value) << QByteArray(before) << QByteArray(after);
        };
        row("a plain value before a comment", "workspace", "yours", "workspace: mine   #", "workspace: yours   #");
        row("a value between brackets", "models/t2m/promotion/approvals", "2", "{approvals: 1}", "{approvals: 2}");
        row("a URL with colons", "connections/mlflow/url", "http://y:2", "http://x:1   #", "http://y:2   #");
        row("a value in double quotes", "models/rh/recipe", "c.yaml", "\"b \\\"x\\\".yaml\"", "c.yaml");
        row("a value that needs quotes", "models/t2m/recipe", "a: #b", "recipe: a.yaml", "recipe: \"a: #b\"");
        row("a list's entry", "models/rh/retrain/when/1", "r2 drops 0.2", "'r2 drops 0.1'", "r2 drops 0.2");
        row("a value in a list of maps", "models/t2m/watch/0/max", "2", "max: 1.5", "max: 2");
        row("a value in a block list of maps", "models/t2m/watch/1/staleness", "7d", "staleness: 36h", "staleness: 7d");
        row("a text of several lines", "models/t2m/notes", "short", "notes: |\n      first line\n        second: line\n\n      third\n", "notes: short\n");
    }
    void aScalarIsReplacedAtItsMark() {
        QFETCH(QString, where);
        QFETCH(QString, value);
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QCOMPARE(QByteArray(text).count(before), 1);
        const auto edited = editScalar(text, file, where.split(QLatin1Char('/')), value);
        QVERIFY2(edited, edited ? "" : qPrintable(edited.error().text()));
        QCOMPARE(*edited, QByteArray(text).replace(before, after));
    }

    void aMissingKeyIsAddedBesideItsNeighbours_data() {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("where");
        QTest::addColumn<QVariant>("value");
        QTest::addColumn<QByteArray>("result");
        const auto row = [](const char *name, const char *yaml, const char *where, const QVariant &value, const char *result) {
            QTest::newRow(name) << QByteArray(yaml) << QString::fromUtf8(where) << value << QByteArray(result);
        };
        const QVariantMap connection{{QStringLiteral("root"), QStringLiteral("~/x y")}, {QStringLiteral("kind"), QStringLiteral("local")}};
        row("in a block", "a:\n    b: 1  # one\n    # tail\nc: 2\n", "a/d", 5, "a:\n    b: 1  # one\n    d: 5\n    # tail\nc: 2\n");
        row("in brackets", "a: {b: 1}  # x\n", "a/c", true, "a: {b: 1, c: true}  # x\n");
        row("in empty brackets", "a: {}\n", "a/c", QStringLiteral("x"), "a: {c: x}\n");
        row("in brackets over several lines", "a: {\n  b: 1,\n  c: 2,\n}\n", "a/d", 3, "a: {\n  b: 1,\n  c: 2, d: 3\n}\n");
        row("under a key with nothing", "a:  # empty\nb: 1\n", "a/c", 3, "a:  # empty\n  c: 3\nb: 1\n");
        row("under a tilde", "a: ~\nb: 1\n", "a/c", 3, "a: {c: 3}\nb: 1\n");
        row("with the keys above it", "a:\n  b: 1\n", "a/x/y/z", 3, "a:\n  b: 1\n  x: {y: {z: 3}}\n");
        row("at the top", "a: 1", "b", 2, "a: 1\nb: 2");
        row("in an empty file", "", "b", 2, "b: 2\n");
        row("a connection in one line", "connections:\n  x: {kind: mlflow}\nmodels: {}\n", "connections/y", connection,
            "connections:\n  x: {kind: mlflow}\n  y: {kind: local, root: ~/x y}\nmodels: {}\n");
        row("a model as a block", "models:\n  a: {}\n", "models/b",
            QVariantMap{{QStringLiteral("recipe"), QStringLiteral("b.yaml")}, {QStringLiteral("registry"), QVariantMap{{QStringLiteral("name"), QStringLiteral("7")}}}},
            "models:\n  a: {}\n  b:\n    registry: {name: \"7\"}\n    recipe: b.yaml\n");
        row("behind a text of several lines", "a:\n  t: |\n    x\n\n    y\n\nb: 1\n", "a/c", 1, "a:\n  t: |\n    x\n\n    y\n  c: 1\n\nb: 1\n");
        row("a list's new entry in brackets", "a: [1, 2]\n", "a/+", 3, "a: [1, 2, 3]\n");
        row("a list's new entry in a block", "a:\n- x: 1\n  y: 2\nb: 1\n", "a/+", connection, "a:\n- x: 1\n  y: 2\n- {kind: local, root: ~/x y}\nb: 1\n");
        row("with Windows line ends", "a:\r\n  b: 1\r\nc: 1\r\n", "a/d", 2, "a:\r\n  b: 1\r\n  d: 2\r\nc: 1\r\n");
        row("in a map that begins on a dash", "a:\n  - b: 1\n    c: 2\n", "a/0/d", 3, "a:\n  - b: 1\n    c: 2\n    d: 3\n");
        row("a block replaced by one line", "a:\n- 1\n- 2\nb: 1\n", "a", QVariantList{1}, "a: [1]\nb: 1\n");
        row("a fraction stays a fraction", "a: 1\n", "a", 2.0, "a: 2.0\n");
        row("a word that reads as a number stays a word", "a: 1\n", "a", QStringLiteral("12"), "a: \"12\"\n");
    }
    void aMissingKeyIsAddedBesideItsNeighbours() {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, where);
        QFETCH(QVariant, value);
        QFETCH(QByteArray, result);
        const auto edited = editValue(yaml, file, where.split(QLatin1Char('/')), value);
        QVERIFY2(edited, edited ? "" : qPrintable(edited.error().text()));
        QCOMPARE(*edited, result);
    }

    void anEntryIsTakenOutWhole_data() {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("where");
        QTest::addColumn<QByteArray>("result");
        const auto row = [](const char *name, const char *yaml, const char *where, const char *result) {
            QTest::newRow(name) << QByteArray(yaml) << QString::fromUtf8(where) << QByteArray(result);
        };
        row("one line of a block", "a:\n  b: 1\n  c: 2  # two\n  d: 3\n", "a/c", "a:\n  b: 1\n  d: 3\n");
        row("several lines of a block", "a:\n  b:\n    x: 1\n    y: [1,\n      2]\n  # next\n  c: 2\n", "a/b", "a:\n  # next\n  c: 2\n");
        row("the last of a block leaves the key", "a:\n  b: 1\nc: 2\n", "a/b", "a:\nc: 2\n");
        row("the first between brackets", "a: {b: 1, c: 2}\n", "a/b", "a: {c: 2}\n");
        row("the last between brackets", "a: {b: 1, c: 2}\n", "a/c", "a: {b: 1}\n");
        row("the only one between brackets", "a: {b: 1}\n", "a/b", "a: {}\n");
        row("a list's entry in a block", "a:\n- 1\n- 2\n", "a/0", "a:\n- 2\n");
        row("a list's entry in brackets", "a: [1, 2, 3]\n", "a/1", "a: [1, 3]\n");
        row("at the top without a line feed at the end", "a: 1\nb: 2", "b", "a: 1\n");
    }
    void anEntryIsTakenOutWhole() {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, where);
        QFETCH(QByteArray, result);
        const auto edited = removeEntry(yaml, file, where.split(QLatin1Char('/')));
        QVERIFY2(edited, edited ? "" : qPrintable(edited.error().text()));
        QCOMPARE(*edited, result);
    }

    void whatCannotBeEditedInPlaceIsRefused_data() {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("where");
        QTest::newRow("a key below a word") << QByteArray("a: word\n") << "a/b";
        QTest::newRow("a value that others point to") << QByteArray("a: &x {b: 1}\nc: *x\n") << "a/b";
        QTest::newRow("a value behind an alias") << QByteArray("a: &x {b: 1}\nc: *x\n") << "c/b";
        QTest::newRow("a broken file") << QByteArray("a: [1\n") << "a";
        QTest::newRow("a list entry that is not there") << QByteArray("a: [1]\n") << "a/5";
    }
    void whatCannotBeEditedInPlaceIsRefused() {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, where);
        const auto edited = editValue(yaml, file, where.split(QLatin1Char('/')), 7);
        QVERIFY2(!edited, edited ? edited->constData() : "");
    }

    void aMissingEntryCannotBeTakenOut() { QCOMPARE(removeEntry("a: 1\n", file, path("b")).error().kind, ErrorKind::NotFound); }

    void aByteOrderMarkSurvives() { QCOMPARE(editScalar("\xEF\xBB\xBFname: a # b\n", file, path("name"), QStringLiteral("c")).value(), QByteArray("\xEF\xBB\xBFname: c # b\n")); }

    /// Every value of the text, one after the other: whatever an edit gives back differs in that value only. The
    /// editor's own check is the same idea; here the text around the value is compared byte by byte as well.
    void commentsOutsideTheValueSurviveEveryEdit() {
        const QList<QByteArray> comments{"# my workspace", "# the name", "# here", "# the server", "# port", "# who may", "# one is enough", "# a day and a half"};
        for (const char *where : {"workspace", "connections/local/root", "connections/mlflow/kind", "models/t2m/watch", "models/t2m/promotion", "models/rh", "models/new", "role"}) {
            const auto edited = editValue(text, file, path(where), QStringLiteral("new"));
            QVERIFY2(edited, where);
            for (const QByteArray &comment : comments)
                QVERIFY2(edited->contains(comment) || (comment == "# a day and a half" && qstrcmp(where, "models/t2m/watch") == 0), where + comment);
        }
    }

    /// Cut, doubled and exchanged pieces of a real file: whatever comes out is an error or a text that still parses.
    void mangledTextsAreAnErrorOrStayYaml() {
        std::mt19937 random(7);
        const auto below = [&](qsizetype n) { return qsizetype(random() % std::size_t(std::max<qsizetype>(1, n))); };
        const QByteArray signs = "{}[]:,#'\"&*|>-~ \n\t!%@a1\xc3\xff";
        const QStringList paths{QStringLiteral("models/t2m/promotion/approvals"), QStringLiteral("connections/new"), QStringLiteral("models/t2m/watch/+"), QStringLiteral("models/rh/retrain/when/0"), QStringLiteral("new/a/b")};
        int edited = 0;
        for (int round = 0; round < 4000; ++round) {
            QByteArray mangled = text;
            for (qsizetype i = below(4); i >= 0; --i) {
                const qsizetype at = below(mangled.size());
                switch (random() % 4) {
                case 0: mangled.remove(at, below(30)); break;
                case 1: mangled.insert(at, mangled.mid(below(mangled.size()), below(40))); break;
                case 2: mangled.insert(at, signs[below(signs.size())]); break;
                default: mangled[at] = signs[below(signs.size())]; break;
                }
            }
            const auto where = paths[below(paths.size())].split(QLatin1Char('/'));
            const auto result = random() % 3 ? editValue(mangled, file, where, QVariantMap{{QStringLiteral("max"), 2}}) : removeEntry(mangled, file, where);
            if (result) {
                ++edited;
                const auto again = editValue(*result, file, {QStringLiteral("zzz")}, 1); // parses the result
                QVERIFY2(again || again.error().what.contains(QStringLiteral("in place")), again ? "" : qPrintable(again.error().text() + QString::fromUtf8(*result)));
            }
            (void)parseWorkspace(mangled, file);
        }
        QVERIFY2(edited > 500, qPrintable(QString::number(edited)));
    }

    void aFileIsReplacedOnlyByAWorkspace() {
        QTemporaryDir dir;
        const QString real = dir.filePath(QStringLiteral("real.yaml")), link = dir.filePath(QStringLiteral("link.yaml"));
        const auto write = [&](const QByteArray &bytes) {
            QFile f(real);
            QVERIFY(f.open(QIODevice::WriteOnly));
            f.write(bytes);
        };
        const auto read = [&] {
            QFile f(real);
            return f.open(QIODevice::ReadOnly) ? f.readAll() : QByteArray();
        };
        write("workspace: a # keep\n");
        QVERIFY(QFile::link(real, link));
        const auto renamed = editWorkspaceFile(link, [&](const QByteArray &old) { return editScalar(old, link, path("workspace"), QStringLiteral("b")); });
        QVERIFY(renamed);
        QCOMPARE(renamed->name, QStringLiteral("b"));
        QCOMPARE(read(), QByteArray("workspace: b # keep\n"));
        QVERIFY(QFileInfo(link).isSymLink());
        const auto wrong = editWorkspaceFile(real, [&](const QByteArray &old) { return editScalar(old, real, path("role"), QStringLiteral("king")); });
        QVERIFY(!wrong);
        QCOMPARE(read(), QByteArray("workspace: b # keep\n"));
        const auto raced = editWorkspaceFile(real, [&](const QByteArray &old) {
            write("workspace: other\n");
            return editScalar(old, real, path("workspace"), QStringLiteral("c"));
        });
        QVERIFY(!raced);
        QCOMPARE(raced.error().kind, ErrorKind::Conflict);
        QCOMPARE(read(), QByteArray("workspace: other\n"));
    }
};

QTEST_GUILESS_MAIN(tst_Edit)
#include "tst_edit.moc"
