// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/networks/training_state.h"

#include "core/base/hash.h"

#include <QDataStream>
#include <QIODevice>

#include <cstring>

namespace pilothouse::learn {

namespace {

constexpr quint32 formatMark = 0x50484E31; // "PHN1"

QByteArray bytesOf(const std::vector<float> &values) {
    return QByteArray(reinterpret_cast<const char *>(values.data()), qsizetype(values.size() * sizeof(float)));
}
bool read(QDataStream &stream, std::vector<float> &values, std::size_t count, bool mayBeEmpty) {
    QByteArray bytes;
    stream >> bytes;
    const std::size_t found = std::size_t(bytes.size()) / sizeof(float);
    if (std::size_t(bytes.size()) != found * sizeof(float) || (found != count && !(mayBeEmpty && found == 0)))
        return false;
    values.resize(found);
    if (found)
        std::memcpy(values.data(), bytes.constData(), std::size_t(bytes.size()));
    return true;
}

} // namespace

QByteArray TrainingState::toBytes(const QByteArray &fingerprint) const {
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_4);
    stream << formatMark << fingerprint << epoch << batch << epochLoss << step << bestLoss << trainLoss << validationLoss << bestEpoch;
    for (const auto *list : {&parameters, &mean, &variance, &best})
        stream << bytesOf(*list);
    return bytes + sha256Hex(bytes).toLatin1();
}

Result<TrainingState> TrainingState::fromBytes(const QByteArray &whole, const QByteArray &fingerprint, std::size_t parameterCount) {
    constexpr qsizetype digestSize = 64;
    const QString again = QStringLiteral("Delete the checkpoint and train again from the start.");
    const QByteArray bytes = whole.chopped(std::min(digestSize, whole.size()));
    if (whole.size() <= digestSize || sha256Hex(bytes).toLatin1() != whole.last(digestSize))
        return invalid(QStringLiteral("The checkpoint of this network is damaged."), {}, again);
    QDataStream stream(bytes);
    stream.setVersion(QDataStream::Qt_6_4);
    quint32 mark = 0;
    QByteArray of;
    TrainingState s;
    stream >> mark >> of;
    if (mark != formatMark)
        return invalid(QStringLiteral("The checkpoint was written by another version of this program."), {}, again);
    if (of != fingerprint)
        return invalid(QStringLiteral("The checkpoint belongs to a run with other parameters, data, seed or processor, so going on from it could not end "
                                      "with the weights of an uninterrupted run."),
                       {}, again);
    stream >> s.epoch >> s.batch >> s.epochLoss >> s.step >> s.bestLoss >> s.trainLoss >> s.validationLoss >> s.bestEpoch;
    const bool whole4 = read(stream, s.parameters, parameterCount, false) && read(stream, s.mean, parameterCount, false) &&
                        read(stream, s.variance, parameterCount, false) && read(stream, s.best, parameterCount, true);
    if (!whole4 || stream.status() != QDataStream::Ok)
        return invalid(QStringLiteral("The checkpoint of this network is damaged."), {}, again);
    return s;
}

} // namespace pilothouse::learn
