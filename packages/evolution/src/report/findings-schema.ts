/** The schema of JSON reports, the same as docs/findings.schema.json, as part of the package. */

/** JSON Schema 2020-12 of a JSON report. */
export const FINDINGS_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:concord:findings:1',
  title: 'Findings of the Concord contract checker, format 1',
  type: 'object',
  required: ['format', 'title', 'base', 'findings', 'permitted', 'lookedAt', 'summary'],
  additionalProperties: false,
  properties: {
    format: {
      const: 1,
    },
    title: {
      type: 'string',
      description: 'the command that ran',
    },
    base: {
      type: ['string', 'null'],
      description: 'the baseline',
    },
    findings: {
      type: 'array',
      items: {
        $ref: '#/$defs/finding',
      },
    },
    permitted: {
      type: 'array',
      description: 'breaking changes of new majors: allowed, so they are not findings',
      items: {
        $ref: '#/$defs/finding',
      },
    },
    lookedAt: {
      type: 'object',
      required: ['endpoints', 'methods', 'types', 'releases', 'rules'],
      additionalProperties: {
        type: 'integer',
        minimum: 0,
      },
    },
    summary: {
      type: 'object',
      required: ['errors', 'warnings', 'notes', 'approved'],
      additionalProperties: {
        type: 'integer',
        minimum: 0,
      },
    },
  },
  $defs: {
    finding: {
      type: 'object',
      required: [
        'rule',
        'path',
        'severity',
        'categories',
        'bump',
        'before',
        'after',
        'hurts',
        'fix',
        'fingerprint',
        'endpoints',
        'via',
        'from',
        'to',
        'location',
        'approval',
      ],
      additionalProperties: false,
      properties: {
        rule: {
          type: 'string',
          pattern: '^[A-Z][A-Z_]+$',
          description: 'stable: never renamed, never used for another rule',
        },
        path: {
          type: 'string',
          description: 'L3Plugin@1/sync/args/host, types/Router.mtu, L3Plugin@1#1.0',
        },
        severity: {
          enum: ['error', 'warn', 'info'],
        },
        categories: {
          type: 'array',
          items: {
            enum: ['wire', 'source', 'semantic'],
          },
        },
        bump: {
          enum: ['minor', 'major', 'none'],
          description: 'the version bump that the change requires; major is a breaking change inside its major',
        },
        before: {
          description: 'the fragment of the contract before the change; null if it did not exist',
        },
        after: {
          description: 'the fragment of the contract after the change; null if it no longer exists',
        },
        hurts: {
          type: 'string',
          description: 'the affected peers and the effect; empty if no peer is affected',
        },
        fix: {
          type: 'string',
        },
        fingerprint: {
          type: 'string',
          pattern: '^[0-9a-f]{12}$',
        },
        endpoints: {
          type: 'array',
          items: {
            type: 'string',
          },
        },
        via: {
          type: 'array',
          items: {
            type: 'string',
          },
          description: 'the methods that reach the named type of the finding',
        },
        from: {
          type: ['string', 'null'],
          description: 'the version before',
        },
        to: {
          type: ['string', 'null'],
          description: 'the version after',
        },
        location: {
          anyOf: [
            {
              type: 'null',
            },
            {
              type: 'object',
              required: ['file', 'line', 'column'],
              additionalProperties: false,
              properties: {
                file: {
                  type: 'string',
                },
                line: {
                  type: 'integer',
                  minimum: 1,
                },
                column: {
                  type: 'integer',
                  minimum: 1,
                },
              },
            },
          ],
        },
        approval: {
          anyOf: [
            {
              type: 'null',
            },
            {
              type: 'object',
              required: ['rule', 'path', 'from', 'to', 'fingerprint', 'reason', 'by'],
              additionalProperties: false,
              properties: {
                rule: {
                  type: 'string',
                },
                path: {
                  type: 'string',
                },
                from: {
                  type: 'string',
                },
                to: {
                  type: 'string',
                },
                fingerprint: {
                  type: 'string',
                },
                reason: {
                  type: 'string',
                },
                by: {
                  type: 'string',
                },
                until: {
                  type: 'string',
                },
              },
            },
          ],
        },
      },
    },
  },
} as const;
