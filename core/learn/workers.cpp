// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/workers.h"

#include "core/learn/torch_loader.h"

namespace pilothouse::learn {

namespace {

Result<int> number(const char *name, int least, int most) {
    bool whole = false;
    const QByteArray text = qgetenv(name).trimmed();
    const int value = text.toInt(&whole);
    if (!whole || value < least || value > most)
        return invalid(text.isEmpty() ? QStringLiteral("WORLD_SIZE says that several processes train together, but %1 is not set.").arg(QLatin1String(name))
                                      : QStringLiteral("%1 is “%2”; a whole number from %3 to %4 is expected.").arg(QLatin1String(name), QString::fromUtf8(text.left(40))).arg(least).arg(most),
                       QLatin1String(name), QStringLiteral("A PyTorchJob sets MASTER_ADDR, MASTER_PORT, RANK and WORLD_SIZE; unset WORLD_SIZE to train alone."));
    return value;
}

} // namespace

Result<std::optional<WorkerPlace>> workerPlace() {
    if (qgetenv("WORLD_SIZE").trimmed().isEmpty())
        return std::optional<WorkerPlace>();
    WorkerPlace place;
    PH_ASSIGN(place.count, number("WORLD_SIZE", 1, 4096));
    if (place.count == 1)
        return std::optional<WorkerPlace>();
    PH_ASSIGN(place.rank, number("RANK", 0, place.count - 1));
    PH_ASSIGN(place.port, number("MASTER_PORT", 1, 65535));
    place.address = QString::fromUtf8(qgetenv("MASTER_ADDR")).trimmed();
    if (place.address.isEmpty())
        return invalid(QStringLiteral("WORLD_SIZE says that several processes train together, but MASTER_ADDR is not set."), QStringLiteral("MASTER_ADDR"),
                       QStringLiteral("A PyTorchJob sets MASTER_ADDR, MASTER_PORT, RANK and WORLD_SIZE; unset WORLD_SIZE to train alone."));
    return std::optional<WorkerPlace>(place);
}

Result<std::shared_ptr<Workers>> joinWorkers(const WorkerPlace &place, int seconds) {
    PH_ASSIGN(const TorchModule *module, torchModule());
    return module->joinWorkers(place, seconds);
}

} // namespace pilothouse::learn
