// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/artifact/pickle_facts.h"

#include "core/artifact/pickle_walk.h"
#include "core/base/harmless_text.h"
#include "core/base/hash.h"
#include "core/base/json.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>

#include <zlib.h>

#include <utility>

namespace pilothouse::artifact {

namespace {

using Q = QLatin1String;

constexpr qint64 mostBytes = 64 << 20;

/// As joblib compresses, by the first bytes; empty: not at all.
QString compressionOf(const QByteArray &head) {
    static const std::pair<const char *, QByteArray> known[] = {{"gzip", QByteArray("\x1f\x8b")}, {"bz2", "BZh"}, {"xz", QByteArray("\xfd" "7zXZ")}, {"lzma", QByteArray("\x5d\x00\x00", 3)}, {"lz4", QByteArray("\x04\x22\x4d\x18")}};
    for (const auto &[name, begin] : known)
        if (head.startsWith(begin))
            return Q(name);
    if (head.size() >= 2 && head[0] == 'x' && (static_cast<unsigned char>(head[0]) * 256 + static_cast<unsigned char>(head[1])) % 31 == 0)
        return QStringLiteral("zlib");
    return {};
}

/// The first bytes of a zlib or gzip stream; what is wrong or more than mostBytes goes to `why`.
QByteArray inflated(const QByteArray &bytes, QString &why) {
    QByteArray out(qsizetype(mostBytes), Qt::Uninitialized);
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 32) != Z_OK) {
        why = QStringLiteral("zlib could not begin");
        return {};
    }
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.constData()));
    stream.avail_in = uInt(bytes.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = uInt(out.size());
    const int ended = inflate(&stream, Z_FINISH);
    if (ended != Z_STREAM_END)
        why = stream.avail_out == 0 ? QStringLiteral("only the first 64 MiB were decompressed") : QStringLiteral("the compressed stream is cut or damaged");
    out.truncate(qsizetype(mostBytes) - qsizetype(stream.avail_out));
    inflateEnd(&stream);
    return out;
}

/// Names that no fitted model needs: who loads the pickle runs them with arguments of its author's choice.
bool isDangerous(const QString &name) {
    static const QStringList modules{QStringLiteral("os"), QStringLiteral("posix"), QStringLiteral("nt"), QStringLiteral("subprocess"), QStringLiteral("pty"), QStringLiteral("socket"), QStringLiteral("shutil"),
                                     QStringLiteral("runpy"), QStringLiteral("ctypes"), QStringLiteral("webbrowser"), QStringLiteral("importlib"), QStringLiteral("sys"), QStringLiteral("urllib"), QStringLiteral("requests")};
    static const QStringList builtins{QStringLiteral("eval"), QStringLiteral("exec"), QStringLiteral("compile"), QStringLiteral("__import__"), QStringLiteral("open")};
    const QString module = name.section(QLatin1Char('.'), 0, 0);
    return modules.contains(module) || ((module == Q("builtins") || module == Q("__builtin__")) && builtins.contains(name.section(QLatin1Char('.'), 1))) || name.contains(Q("(computed)"));
}

QJsonValue orNull(const QString &text) { return text.isEmpty() ? QJsonValue() : QJsonValue(text); }

/// A name as it is shown, on one line: it is judged as it stands in the file.
QString shown(const std::string &name) { return harmlessText(QString::fromStdString(name)).replace(QLatin1Char('\n'), QChar(QChar::ReplacementCharacter)); }

void take(PickleFacts &facts, const PickleWalk &walk) {
    facts.protocol = walk.protocol;
    facts.opcodes = walk.opcodes;
    facts.arrays = walk.arrays;
    facts.sklearnVersion = shown(walk.sklearnVersion);
    if (!walk.stopped.empty())
        facts.stopped += (facts.stopped.isEmpty() ? QString() : QStringLiteral("; ")) + QString::fromStdString(walk.stopped);
    for (const std::string &name : walk.names) {
        const QString text = shown(name);
        facts.names << text;
        facts.packages << text.section(QLatin1Char('.'), 0, 0);
        if (isDangerous(QString::fromStdString(name)))
            facts.dangerous << text;
    }
    facts.packages.removeDuplicates();
    facts.packages.sort();
}

} // namespace

QString whyNotUnpickled() {
    return QStringLiteral("A pickle is a program: loading it runs whatever its author wrote, so it is never loaded in this process.");
}

QStringList waysToUsePickle() {
    return {QStringLiteral("Its endpoint: serve it where it was made and name that address in the workspace (models: NAME: endpoint: {url: …}); it is then scored, explained and watched like any other."),
            QStringLiteral("A confined Python: “pilot score FILE… --pickle --data ROWS.csv --out OUT.csv --python ENV” loads it in a child process that has no network, no home, no second process and nowhere to write, with the versions "
                           "of its requirements (Linux, bubblewrap)."),
            QStringLiteral("MLflow: log it as pyfunc in Python and serve it by “mlflow models serve”, then name that endpoint. Or export the model in Python: XGBoost's save_model(\"model.json\") and TorchScript are imported here.")};
}

Error pickleRefusal(const QString &file) {
    return refused(QStringLiteral("This is a pickled Python object. ") + whyNotUnpickled(), file,
                   QStringLiteral("See what it would import by “pilot registry inspect FILE”. Three ways to use it: ") + waysToUsePickle().join(QLatin1Char(' ')));
}

Result<bool> looksLikePickle(const QString &file) {
    QFile in(file);
    if (!QFileInfo(file).isFile() || !in.open(QIODevice::ReadOnly))
        return notFound(QStringLiteral("There is no file here that can be read."), file);
    const QByteArray head = in.read(2);
    static const QStringList endings{QStringLiteral("pkl"), QStringLiteral("pickle"), QStringLiteral("joblib"), QStringLiteral("sav")};
    return (head.size() == 2 && static_cast<unsigned char>(head[0]) == 0x80 && head[1] >= 2 && head[1] <= 5) || endings.contains(QFileInfo(file).suffix().toLower());
}

Result<PickleFacts> pickleFacts(const QString &file) {
    QFile in(file);
    if (!QFileInfo(file).isFile() || !in.open(QIODevice::ReadOnly))
        return notFound(QStringLiteral("There is no file here that can be read."), file);
    PickleFacts facts;
    facts.file = file;
    facts.bytes = in.size();
    PH_ASSIGN(facts.sha256, sha256OfFile(file));
    QByteArray bytes = in.read(mostBytes);
    facts.compression = compressionOf(bytes);
    if (facts.bytes > mostBytes)
        facts.stopped = QStringLiteral("only the first 64 MiB were read");
    if (facts.compression == Q("zlib") || facts.compression == Q("gzip"))
        bytes = inflated(bytes, facts.stopped);
    else if (!facts.compression.isEmpty()) {
        facts.stopped = QStringLiteral("its %1 compression is not read here, so nothing was walked").arg(facts.compression);
        return facts;
    }
    PickleWalk walk(bytes);
    walk.run();
    if (walk.protocol < 0 && walk.names.empty() && (!walk.stopped.empty() || walk.opcodes < 2))
        return invalid(QStringLiteral("This is no pickle: %1.").arg(QString::fromStdString(walk.stopped)), file, QStringLiteral("Inspected are .pkl, .pickle and .joblib files, and what “pilot registry import” takes: XGBoost's .json and .ubj and TorchScript's .pt."));
    take(facts, walk);
    return facts;
}

QJsonObject PickleFacts::toJson() const {
    return {{Q("file"), file}, {Q("sha256"), sha256}, {Q("bytes"), bytes}, {Q("compression"), orNull(compression)}, {Q("protocol"), protocol < 0 ? QJsonValue() : QJsonValue(protocol)}, {Q("opcodes"), opcodes},
            {Q("arrays"), arrays}, {Q("stopped"), orNull(stopped)}, {Q("names"), QJsonArray::fromStringList(names)}, {Q("packages"), QJsonArray::fromStringList(packages)},
            {Q("dangerous"), QJsonArray::fromStringList(dangerous)}, {Q("scikit_learn"), orNull(sklearnVersion)}, {Q("loaded"), false}, {Q("why"), whyNotUnpickled()},
            {Q("ways"), QJsonArray::fromStringList(waysToUsePickle())}};
}

Result<PickleFacts> PickleFacts::fromJson(const QJsonObject &object, const QString &where) {
    const auto orEmpty = [&](const char *key) { return object.value(Q(key)).toString(); }; // null where it is empty
    JsonReader reader(object, where);
    PickleFacts facts;
    facts.file = reader.text("file");
    facts.sha256 = reader.text("sha256");
    facts.bytes = reader.integer("bytes");
    facts.opcodes = reader.integer("opcodes");
    facts.arrays = reader.integer("arrays");
    facts.names = reader.texts("names");
    facts.packages = reader.texts("packages");
    facts.dangerous = reader.texts("dangerous");
    PH_TRY(reader.check());
    facts.protocol = object.value(Q("protocol")).toInt(-1);
    facts.compression = orEmpty("compression");
    facts.stopped = orEmpty("stopped");
    facts.sklearnVersion = orEmpty("scikit_learn");
    return facts;
}

QString PickleFacts::text() const {
    QString out = QStringLiteral("%1\n  %2 bytes, SHA-256 %3\n").arg(file).arg(bytes).arg(sha256);
    out += QStringLiteral("  pickle protocol %1, %2 opcodes read, %3 arrays skipped%4\n").arg(protocol < 0 ? QStringLiteral("not said") : QString::number(protocol)).arg(opcodes).arg(arrays)
               .arg(compression.isEmpty() ? QString() : QStringLiteral(", compressed by %1").arg(compression));
    if (!stopped.isEmpty())
        out += QStringLiteral("  not read to its end: %1. It may name more than is listed.\n").arg(stopped);
    out += QStringLiteral("  scikit-learn %1\n").arg(sklearnVersion.isEmpty() ? QStringLiteral("(no version stands in it)") : sklearnVersion);
    out += QStringLiteral("  packages it needs: %1\n").arg(packages.isEmpty() ? QStringLiteral("none") : packages.join(Q(", ")));
    if (!dangerous.isEmpty())
        out += QStringLiteral("  DANGER, it would call what no model needs: %1\n").arg(dangerous.join(Q(", ")));
    out += QStringLiteral("  would import:\n");
    for (const QString &name : names)
        out += QStringLiteral("    %1\n").arg(name);
    out += whyNotUnpickled() + QStringLiteral(" Only its opcodes were read.\nThree ways to use it:");
    for (const QString &way : waysToUsePickle())
        out += QStringLiteral("\n  - %1").arg(way);
    return out;
}

} // namespace pilothouse::artifact
