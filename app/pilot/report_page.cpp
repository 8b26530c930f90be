// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/report_page.h"

#include "core/base/file.h"

#include <QFileInfo>

namespace pilothouse {

Result<QString> writeReportPage(const std::string &name, const QByteArray &page) {
    const QString file = QFileInfo(QString::fromStdString(name)).absoluteFilePath();
    if (file.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive))
        return invalid(QStringLiteral("This program writes HTML; a PDF is made by the window."), file, QStringLiteral("Name it .html, or save the report in the window, where its file may be a PDF."));
    PH_TRY(writeFileAtomically(file, page));
    return file;
}

} // namespace pilothouse
