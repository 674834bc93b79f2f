// The node's log with named fields. Needs the capability `log`.

@cap("log") export func debug(message: String, fields: Map<String, any> = {}) { logger.debug(message, fields); }
@cap("log") export func info(message: String, fields: Map<String, any> = {}) { logger.info(message, fields); }
@cap("log") export func warning(message: String, fields: Map<String, any> = {}) { logger.warning(message, fields); }
@cap("log") export func error(message: String, fields: Map<String, any> = {}) { logger.error(message, fields); }
@cap("log") export func critical(message: String, fields: Map<String, any> = {}) { logger.critical(message, fields); }

/// Adds the same fields to every record.
export class Log(fields: Map<String, any>) {
  func debug(message: String, more: Map<String, any> = {}) { logger.debug(message, self.all(more)); }
  func info(message: String, more: Map<String, any> = {}) { logger.info(message, self.all(more)); }
  func warning(message: String, more: Map<String, any> = {}) { logger.warning(message, self.all(more)); }
  func error(message: String, more: Map<String, any> = {}) { logger.error(message, self.all(more)); }
  func critical(message: String, more: Map<String, any> = {}) { logger.critical(message, self.all(more)); }
  private func all(more: Map<String, any>): Map<String, any> {
    let out: Map<String, any> = {};
    out.merge(fields);
    out.merge(more);
    return out;
  }
}
