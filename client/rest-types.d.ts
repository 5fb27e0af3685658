// Generated from docs/api by `npm run docs`; a test fails when the two differ.
export interface paths {
    readonly "/auth/guest": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Sign in as a new guest */
        readonly post: operations["signInAsGuest"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/refresh": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Trade a refresh token for fresh tokens
         * @description A refresh token is good once. An older one ends its session, because two parties hold its tokens. A request repeated with the same `Idempotency-Key` is answered with the same refresh token.
         */
        readonly post: operations["refresh"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/logout": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * End a session, or all of its user
         * @description The session is that of the refresh token (body or cookie), else of the access token in `Authorization`. Its tokens count no more and its sockets close (4401) within 5 s, on every server. Safe to repeat.
         */
        readonly post: operations["logout"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/providers": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Providers that one can sign in with */
        readonly get: operations["listProviders"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/nonce": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** A nonce for an identity token */
        readonly post: operations["issueNonce"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/login": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Sign in with an identity token of a provider */
        readonly post: operations["login"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/login/{provider}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lead the browser to a provider to sign in
         * @description OpenID Connect, authorization code with PKCE. It comes back by /auth/callback, to `returnTo` with `signIn=done` or an error code.
         */
        readonly get: operations["beginLogin"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/callback": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Where providers lead the browser back to */
        readonly get: operations["endLogin"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/.well-known/jwks.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Public keys that verify access tokens */
        readonly get: operations["readKeys"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/users/me": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** My account */
        readonly get: operations["readMe"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete my account
         * @description Identity, names, email, keys and sessions are gone, and cannot come back. Finished games stay valid and show a pseudonym. Not while a game is running. Safe to repeat.
         */
        readonly delete: operations["deleteMe"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/users/me/export": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** All that is stored about me */
        readonly get: operations["exportMe"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/users/me/blocks": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Players whom I never want to meet */
        readonly get: operations["readBlocks"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/users/me/blocks/{userId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /**
         * Never be paired with a player
         * @description Safe to repeat. The blocked player is not told.
         */
        readonly put: operations["blockUser"];
        readonly post?: never;
        /**
         * Be paired with a player again
         * @description Safe to repeat.
         */
        readonly delete: operations["unblockUser"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/users/{userId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What everybody may know of a player */
        readonly get: operations["readUser"];
        /**
         * Change my profile
         * @description Only one’s own; `me` stands for it. Fields that are not there stay as they are. New access tokens carry the new name and region, so refresh after it.
         */
        readonly put: operations["changeUser"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/totp/enrol": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Get a secret for one-time codes
         * @description Counts from the first good code on; until then a new call gives a new secret. Who has one in use gets no other: an operator must remove it first.
         */
        readonly post: operations["enrolSecondFactor"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/totp": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Show a one-time code
         * @description Each code is good once, and five may be tried in 15 minutes.
         */
        readonly post: operations["verifySecondFactor"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/admin/users/{userId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** All that an operator needs to know of an account */
        readonly get: operations["readAccount"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/admin/users/{userId}/ban": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Keep a player out
         * @description Sessions and sockets end within seconds; running games are lost by their clocks. Safe to repeat. Admins lose the role first.
         */
        readonly post: operations["banUser"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/admin/users/{userId}/unban": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Let a banned player in again
         * @description Safe to repeat.
         */
        readonly post: operations["unbanUser"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/users/{userId}/games": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * A player's finished games, newest first
         * @description Public. Some seconds behind the games: they are shown when they are safe. `GET /games/{id}` shows one whole, with its signed record.
         */
        readonly get: operations["readHistory"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/.well-known/oxo-keys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Public keys that verify records of finished games */
        readonly get: operations["readRecordKeys"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/keys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** My API keys */
        readonly get: operations["listKeys"];
        readonly put?: never;
        /**
         * Make an API key
         * @description For programs of partners: a key reads what its scopes name, for its owner. It is shown this once. A user has at most 10 keys (FORBIDDEN beyond).
         */
        readonly post: operations["createKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/keys/self": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What the API key of this request may do */
        readonly get: operations["readKeySelf"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/keys/{keyId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * End an API key
         * @description It is refused everywhere within 10 s.
         */
        readonly delete: operations["removeKey"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/users/{userId}/stats": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * A player's statistics and rating
         * @description Some seconds behind the games: they are counted after they are safe.
         */
        readonly get: operations["readUserStats"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/leaderboard": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Players by rating, best first
         * @description Public. About a minute behind the games. Ranks may move between two pages: somebody may then be on both, or on neither.
         */
        readonly get: operations["readLeaderboard"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/games": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Start a game against a bot, open an invite, or join one
         * @description A player has one game at a time. Repeating a request with the same `Idempotency-Key` answers with the same game. Games against people who wait are made by FIND on the socket.
         */
        readonly post: operations["createGame"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/games/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Read a game
         * @description Whoever holds a game id may read it. A finished game comes with its signed record, which anybody can verify offline: `protocol/RECORDS.md` says how. `/games/{id}/live` is the same game as a WebSocket.
         */
        readonly get: operations["readGame"];
        readonly put?: never;
        readonly post?: never;
        /** Forfeit a game */
        readonly delete: operations["forfeitGame"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/games/{id}/moves": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /**
         * Play a move
         * @description Answered when the move is as safe as `durability` in /health says. The same move again is answered alike.
         */
        readonly put: operations["playMove"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether this server takes players, and what it promises */
        readonly get: operations["readHealth"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @example {
         *       "gameId": "3f2a9c41-7d10-8c55-9b1e-0c2d4f6a8e13",
         *       "board": [
         *         [
         *           null,
         *           null,
         *           null
         *         ],
         *         [
         *           null,
         *           "X",
         *           null
         *         ],
         *         [
         *           null,
         *           null,
         *           null
         *         ]
         *       ],
         *       "currentPlayer": "O",
         *       "status": "active",
         *       "winner": null,
         *       "reason": null,
         *       "line": null,
         *       "moves": [
         *         {
         *           "player": "X",
         *           "position": [
         *             1,
         *             1
         *           ],
         *           "ply": 0,
         *           "at": "2026-01-31T12:00:04.250Z"
         *         }
         *       ],
         *       "players": [
         *         {
         *           "id": "g_Zk3v9QmXw2",
         *           "name": "Quiet Otter 42",
         *           "rating": null,
         *           "symbol": "X"
         *         },
         *         {
         *           "id": "bot-2",
         *           "name": "Bot 2",
         *           "rating": null,
         *           "symbol": "O"
         *         }
         *       ],
         *       "mode": "bot",
         *       "version": 2,
         *       "createdAt": "2026-01-31T12:00:00.000Z",
         *       "deadline": "2026-01-31T12:00:34.250Z",
         *       "endedAt": null
         *     }
         */
        readonly Game: {
            readonly gameId: string;
            /** @description Rows from the top, cells from the left */
            readonly board: readonly [
                components["schemas"]["Row"],
                components["schemas"]["Row"],
                components["schemas"]["Row"]
            ];
            readonly currentPlayer: components["schemas"]["Side"];
            /** @enum {string} */
            readonly status: "active" | "completed" | "forfeited" | "aborted";
            readonly winner: components["schemas"]["Side"];
            /** @enum {string|null} */
            readonly reason: "line" | "board_full" | "resign" | "timeout" | "lost" | null;
            /** @description Winning cells, row-major */
            readonly line: readonly number[] | null;
            readonly moves: readonly components["schemas"]["Move"][];
            /** @description X first */
            readonly players: readonly [
                components["schemas"]["Player"],
                components["schemas"]["Player"]
            ];
            /** @enum {string} */
            readonly mode: "casual" | "ranked" | "bot" | "private";
            /** @description Counts durable changes: 1 is the opening */
            readonly version: number;
            /** Format: date-time */
            readonly createdAt: string;
            /**
             * Format: date-time
             * @description When the player to move forfeits
             */
            readonly deadline: string | null;
            /** Format: date-time */
            readonly endedAt: string | null;
        };
        readonly Row: readonly [
            components["schemas"]["Cell"],
            components["schemas"]["Cell"],
            components["schemas"]["Cell"]
        ];
        /**
         * @description Null: empty
         * @enum {string|null}
         */
        readonly Cell: "X" | "O" | null;
        /**
         * @description Whose move it is; null once over
         * @enum {string|null}
         */
        readonly Side: "X" | "O" | null;
        readonly Move: {
            readonly player: components["schemas"]["Side"];
            readonly position: readonly [
                number,
                number
            ];
            readonly ply: number;
            /** Format: date-time */
            readonly at: string;
        };
        readonly Player: {
            readonly id: string;
            readonly name: string;
            readonly rating: number | null;
            readonly symbol: components["schemas"]["Side"];
        };
        /**
         * @example {
         *       "code": "7Q2M4K9X",
         *       "inviteUrl": "/?invite=7Q2M4K9X",
         *       "expiresInSeconds": 600
         *     }
         */
        readonly Invite: {
            readonly code: string;
            /** @description Path on this origin that opens the page with the code */
            readonly inviteUrl: string;
            /** @description At most: an invite that was open already is returned as it is */
            readonly expiresInSeconds: number;
        };
        /**
         * @example {
         *       "error": {
         *         "code": "NOT_FOUND",
         *         "message": "no such game",
         *         "timestamp": "2026-01-31T12:00:00.000Z",
         *         "requestId": "5f0c9e6f2f8a4a63b1f6d2c1"
         *       }
         *     }
         */
        readonly Error: {
            readonly error: {
                /**
                 * @description One meaning each, the same on the socket: see PROTOCOL.md
                 * @enum {string}
                 */
                readonly code: "UNAUTHENTICATED" | "FORBIDDEN" | "NOT_FOUND" | "INVALID_MOVE" | "NOT_YOUR_TURN" | "STALE" | "GAME_OVER" | "ALREADY_PLAYING" | "ALREADY_QUEUED" | "NOT_QUEUED" | "BAD_REQUEST" | "UNKNOWN_TYPE" | "RATE_LIMITED" | "UNAVAILABLE";
                /** @description For people; may change */
                readonly message: string;
                /** @description By code: `{version, board}`, `{gameId}` or `{retryAfterMs}` */
                readonly details?: {
                    readonly [key: string]: number | string;
                };
                /** Format: date-time */
                readonly timestamp: string;
                /** @description Also in the header `x-request-id`; name it when you report a problem */
                readonly requestId: string;
            };
        };
        readonly NewGame: components["schemas"]["NewBotGame"] | components["schemas"]["NewPrivateGame"];
        readonly NewBotGame: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly mode: "bot";
            /**
             * @description Strength; 3 never loses
             * @example 2
             * @enum {integer}
             */
            readonly level?: 1 | 2 | 3;
        };
        readonly NewPrivateGame: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly mode: "private";
            /**
             * @description Absent: open an invite. Present: join with another player's code
             * @example 7Q2M4K9X
             */
            readonly code?: string;
        };
        /**
         * @example {
         *       "gameId": "3f2a9c41-7d10-8c55-9b1e-0c2d4f6a8e13",
         *       "board": [
         *         [
         *           null,
         *           null,
         *           null
         *         ],
         *         [
         *           null,
         *           "X",
         *           null
         *         ],
         *         [
         *           null,
         *           null,
         *           null
         *         ]
         *       ],
         *       "currentPlayer": "O",
         *       "status": "active",
         *       "winner": null,
         *       "reason": null,
         *       "line": null,
         *       "moves": [
         *         {
         *           "player": "X",
         *           "position": [
         *             1,
         *             1
         *           ],
         *           "ply": 0,
         *           "at": "2026-01-31T12:00:04.250Z"
         *         }
         *       ],
         *       "players": [
         *         {
         *           "id": "g_Zk3v9QmXw2",
         *           "name": "Quiet Otter 42",
         *           "rating": null,
         *           "symbol": "X"
         *         },
         *         {
         *           "id": "bot-2",
         *           "name": "Bot 2",
         *           "rating": null,
         *           "symbol": "O"
         *         }
         *       ],
         *       "mode": "bot",
         *       "version": 2,
         *       "createdAt": "2026-01-31T12:00:00.000Z",
         *       "deadline": "2026-01-31T12:00:34.250Z",
         *       "endedAt": null
         *     }
         */
        readonly WatchedGame: components["schemas"]["Game"] & {
            readonly match: components["schemas"]["MatchReason"];
            readonly record: components["schemas"]["GameRecord"];
            readonly signature: components["schemas"]["RecordSignature"];
        };
        /**
         * @description Why these two were paired; null unless the queue paired them
         * @example {
         *       "waitedMs": [
         *         1200,
         *         300
         *       ],
         *       "width": 80,
         *       "distance": 12
         *     }
         */
        readonly MatchReason: {
            /** @description How long each player waited, X first */
            readonly waitedMs: readonly [
                number,
                number
            ];
            /** @description Rating distance accepted when paired */
            readonly width: number | null;
            readonly distance: number;
        } | null;
        /** @description Null until the finished game is stored, some seconds after its end */
        readonly GameRecord: {
            /** @enum {number} */
            readonly schema: 1;
            readonly gameId: string;
            /** @enum {string} */
            readonly mode: "casual" | "ranked" | "bot" | "private";
            /** @description X first; opaque ids, no names */
            readonly players: readonly [
                {
                    readonly userId: string;
                } | {
                    /** @enum {number} */
                    readonly bot: 1;
                },
                {
                    readonly userId: string;
                } | {
                    /** @enum {number} */
                    readonly bot: 1;
                }
            ];
            /**
             * @description Milliseconds since the Unix epoch
             * @example 1790000002000
             */
            readonly createdAtMs: number;
            readonly turnMs: number;
            /** @description SHA-256, lower-case hex */
            readonly headerHash: string;
            /** @description Each hash covers the one before it, the ply, its cell and its time */
            readonly plies: readonly {
                readonly cell: number;
                /**
                 * @description Milliseconds since the Unix epoch
                 * @example 1790000002000
                 */
                readonly atMs: number;
                /** @description SHA-256, lower-case hex */
                readonly hash: string;
            }[];
            readonly ending: {
                /** @enum {string} */
                readonly status: "completed" | "forfeited" | "aborted";
                /** @enum {string} */
                readonly reason: "line" | "board_full" | "resign" | "timeout" | "lost";
                /**
                 * @description Seat: 0 is X
                 * @enum {number|null}
                 */
                readonly winner: 0 | null;
                /**
                 * @description Milliseconds since the Unix epoch
                 * @example 1790000002000
                 */
                readonly endedAtMs: number;
            };
            /** @description SHA-256, lower-case hex */
            readonly hash: string;
        } | null;
        readonly RecordSignature: {
            /** @description Names a key of `GET /.well-known/oxo-keys` */
            readonly keyId: string;
            /** @description Ed25519 of the record's hash, base64url */
            readonly signature: string;
        } | null;
        /**
         * @example {
         *       "position": [
         *         1,
         *         1
         *       ],
         *       "ply": 0
         *     }
         */
        readonly NewMove: {
            /**
             * @description [row, column], each 0..2, from the top left
             * @example [
             *       1,
             *       1
             *     ]
             */
            readonly position: readonly [
                number,
                number
            ];
            /**
             * @description Number of moves made before this one. With it a repeat is safe; absent: the current one
             * @example 0
             */
            readonly ply?: number;
        };
        /**
         * @example {
         *       "status": "ok",
         *       "level": "full",
         *       "durability": "disk",
         *       "version": "0.1.0",
         *       "server": "node-1",
         *       "uptimeMs": 12345,
         *       "draining": false
         *     }
         */
        readonly Health: {
            /** @enum {string} */
            readonly status: "ok" | "starting" | "draining" | "unavailable";
            /** @enum {string} */
            readonly level: "full" | "limited" | "emergency" | "maintenance";
            /**
             * @description On what the promise of an acknowledged move rests
             * @enum {string}
             */
            readonly durability: "process" | "disk" | "replicated" | "sync";
            readonly version: string;
            readonly server: string;
            readonly uptimeMs: number;
            readonly draining: boolean;
        };
        readonly Leaderboard: {
            readonly players: readonly components["schemas"]["LeaderboardEntry"][];
            /** @description Where the next page begins; null: this was the last one */
            readonly cursor: string | null;
        };
        readonly LeaderboardEntry: {
            /** @description By rating, then games won. Gaps are players who left a moment ago */
            readonly rank: number;
            /** @example kVqH3W1pT5aYk2b0dE8xQg */
            readonly userId: string;
            readonly name: string;
            readonly username: string | null;
            readonly gamesPlayed: number;
            readonly gamesWon: number;
            /**
             * @description Percent of the games played
             * @example 62.5
             */
            readonly winRate: number;
            /** @description Wins in a row; a loss or a draw ends them */
            readonly currentStreak: number;
            readonly bestStreak: number;
            /** @example 1500 */
            readonly rating: number;
        };
        readonly UserStats: {
            /** @example kVqH3W1pT5aYk2b0dE8xQg */
            readonly userId: string;
            /** @description Without games against bots and annulled ones */
            readonly gamesPlayed: number;
            readonly gamesWon: number;
            readonly gamesLost: number;
            readonly gamesDrawn: number;
            /**
             * @description Percent of the games played; null: none
             * @example 62.5
             */
            readonly winRate: number | null;
            /** @description Wins in a row; a loss or a draw ends them */
            readonly currentStreak: number;
            readonly bestStreak: number;
            readonly totalPlaytimeMs: number;
            /**
             * @description Glicko-2; ranked games alone change it
             * @example 1500
             */
            readonly rating: number;
            /** @description How uncertain the rating is: 350 new, some 60 settled */
            readonly ratingDeviation: number;
            /**
             * Format: date-time
             * @description End of the last ranked game; null: none
             */
            readonly ratedAt: string | null;
        };
        readonly CreatedApiKey: {
            /** @example hX2kV9sQ1mZ4bT7c */
            readonly keyId: string;
            /** @example Score board */
            readonly name: string;
            /**
             * @description How the key begins
             * @example oxo_4fT9aQ2x
             */
            readonly prefix: string;
            readonly scopes: readonly ("games:read" | "games:play" | "stats:read" | "leaderboard:read" | "profile:read")[];
            /** Format: date-time */
            readonly createdAt: string;
            /** Format: date-time */
            readonly expiresAt: string;
            /**
             * @description Shown this once: `Authorization: Bearer <key>`
             * @example oxo_4fT9aQ2x7Zr1Lw0uYc5Nn8Ks3Vb6Hd9Jg2Pe4Rt1Xi0
             */
            readonly key: string;
        };
        readonly NewApiKey: {
            /**
             * @description To tell keys apart
             * @example Score board
             */
            readonly name: string;
            /**
             * @description What the key may do
             * @example [
             *       "games:read",
             *       "stats:read"
             *     ]
             */
            readonly scopes: readonly ("games:read" | "games:play" | "stats:read" | "leaderboard:read" | "profile:read")[];
            /** @default 90 */
            readonly expiresInDays: number;
        };
        readonly ApiKeys: {
            readonly keys: readonly components["schemas"]["ApiKey"][];
        };
        readonly ApiKey: {
            /** @example hX2kV9sQ1mZ4bT7c */
            readonly keyId: string;
            /** @example Score board */
            readonly name: string;
            /**
             * @description How the key begins
             * @example oxo_4fT9aQ2x
             */
            readonly prefix: string;
            readonly scopes: readonly ("games:read" | "games:play" | "stats:read" | "leaderboard:read" | "profile:read")[];
            /** Format: date-time */
            readonly createdAt: string;
            /** Format: date-time */
            readonly expiresAt: string;
        };
        readonly ApiKeySelf: {
            readonly keyId: string;
            readonly userId: string;
            readonly scopes: readonly ("games:read" | "games:play" | "stats:read" | "leaderboard:read" | "profile:read")[];
        };
        readonly History: {
            readonly games: readonly components["schemas"]["PlayedGame"][];
            /** @description Where the next page begins; null: this was the last one */
            readonly cursor: string | null;
        };
        readonly PlayedGame: {
            /** @example 3f2a9c41-7d10-8c55-9b1e-0c2d4f6a8e13 */
            readonly gameId: string;
            /** @enum {string} */
            readonly mode: "casual" | "ranked" | "bot" | "private";
            /** @description X first; names and ratings as they were when the game began */
            readonly players: readonly [
                {
                    readonly id: string;
                    readonly name: string;
                    readonly rating: number | null;
                    /** @enum {string} */
                    readonly symbol: "X" | "O";
                },
                {
                    readonly id: string;
                    readonly name: string;
                    readonly rating: number | null;
                    /** @enum {string} */
                    readonly symbol: "X" | "O";
                }
            ];
            /**
             * @description The seat of the player whose history this is
             * @enum {string}
             */
            readonly you: "X" | "O";
            /** @enum {string} */
            readonly status: "completed" | "forfeited" | "aborted";
            /** @enum {string} */
            readonly reason: "line" | "board_full" | "resign" | "timeout" | "lost";
            /** @enum {string|null} */
            readonly winner: "X" | "O" | null;
            /** @description Cells 0..8, row-major, in the order played */
            readonly moves: readonly number[];
            /** Format: date-time */
            readonly createdAt: string;
            /** Format: date-time */
            readonly endedAt: string;
        };
        readonly RecordKeys: {
            readonly keys: readonly {
                /** @enum {string} */
                readonly kty: "OKP";
                /** @enum {string} */
                readonly crv: "Ed25519";
                readonly x: string;
                readonly kid: string;
                /** @enum {string} */
                readonly alg: "EdDSA";
                /** @enum {string} */
                readonly use: "sig";
            }[];
        };
        readonly SignedIn: {
            /** @example kVqH3W1pT5aYk2b0dE8xQg */
            readonly userId: string;
            /** @example Quiet Otter 42 */
            readonly name: string;
            /** @description JWT for `Authorization: Bearer`, the socket and AUTH */
            readonly accessToken: string;
            /** @description Good once, for /auth/refresh; absent when it is in a cookie */
            readonly refreshToken?: string;
            /**
             * @description Seconds until the access token ends
             * @example 900
             */
            readonly expiresIn: number;
        };
        readonly GuestRequest: {
            /** @enum {string} */
            readonly cookie?: "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7";
        } & {
            readonly [key: string]: unknown;
        };
        readonly RefreshRequest: {
            readonly refreshToken?: string;
            /**
             * @description For pages of this origin: the refresh token is kept in an HttpOnly cookie of this name instead of the body. Such requests need the header `x-requested-with`
             * @enum {string}
             */
            readonly cookie?: "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "account";
        } & {
            readonly [key: string]: unknown;
        };
        readonly LogoutRequest: {
            /** @description Every session of the user, on every device */
            readonly all?: boolean;
            readonly refreshToken?: string;
            /**
             * @description For pages of this origin: the refresh token is kept in an HttpOnly cookie of this name instead of the body. Such requests need the header `x-requested-with`
             * @enum {string}
             */
            readonly cookie?: "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "account";
        } & {
            readonly [key: string]: unknown;
        };
        readonly Providers: {
            readonly providers: readonly {
                /** @example example */
                readonly name: string;
                /** @example Example */
                readonly title: string;
            }[];
        };
        readonly Nonce: {
            readonly nonce: string;
            /**
             * @description Seconds
             * @example 600
             */
            readonly expiresIn: number;
        };
        readonly LoginRequest: {
            readonly provider: string;
            /** @description Identity token (JWT) of the provider */
            readonly idToken: string;
            /** @description Of /auth/nonce, and claim `nonce` of the token */
            readonly nonce: string;
            /** @description Of a guest, who becomes the account */
            readonly refreshToken?: string;
        } & {
            readonly [key: string]: unknown;
        };
        readonly JsonWebKeySet: {
            readonly keys: readonly {
                readonly [key: string]: string;
            }[];
        };
        /**
         * @example {
         *       "userId": "kVqH3W1pT5aYk2b0dE8xQg",
         *       "name": "Ana",
         *       "username": "ana_42",
         *       "avatarUrl": "https://pictures.example/ana.png",
         *       "guest": false,
         *       "createdAt": "2026-01-31T12:00:00.000Z"
         *     }
         */
        readonly Me: components["schemas"]["PublicUser"] & {
            /**
             * Format: date-time
             * @description Null: a guest of whom nothing is stored yet
             */
            readonly createdAt?: string | null;
            /** @description Where the player is matched */
            readonly region: string;
            readonly email: string | null;
            /** @description Who vouches for the sign-in; null: a guest */
            readonly provider: string | null;
            /** @enum {string} */
            readonly role: "player" | "admin";
            /** Format: date-time */
            readonly lastLoginAt: string | null;
        };
        /**
         * @example {
         *       "userId": "kVqH3W1pT5aYk2b0dE8xQg",
         *       "name": "Ana",
         *       "username": "ana_42",
         *       "avatarUrl": "https://pictures.example/ana.png",
         *       "guest": false,
         *       "createdAt": "2026-01-31T12:00:00.000Z"
         *     }
         */
        readonly PublicUser: {
            readonly userId: string;
            /** @description What to call the player: the display name, if there is one */
            readonly name: string;
            readonly username: string | null;
            readonly avatarUrl: string | null;
            /** @description Nobody can sign in as this player from another device */
            readonly guest: boolean;
            /** Format: date-time */
            readonly createdAt: string;
        };
        readonly Export: {
            /** Format: date-time */
            readonly exportedAt: string;
            readonly account: components["schemas"]["Me"];
            readonly sessions: readonly {
                /** @enum {string} */
                readonly kind: "guest" | "account";
                readonly name: string;
                readonly region: string;
                /** Format: date-time */
                readonly createdAt: string;
                /** Format: date-time */
                readonly expiresAt: string;
            }[];
            readonly blocked: readonly string[];
            readonly matchmaking: {
                readonly rating: number;
                readonly lastOpponent: string | null;
                readonly occupation: string;
            };
            readonly statistics: {
                readonly [key: string]: unknown;
            } | null;
            readonly apiKeys: readonly {
                readonly keyId: string;
                readonly name: string;
                readonly prefix: string;
                readonly scopes: readonly string[];
                /** Format: date-time */
                readonly createdAt: string;
                /** Format: date-time */
                readonly expiresAt: string;
            }[];
            /** @description Newest first */
            readonly games: readonly {
                readonly [key: string]: unknown;
            }[];
            /** @description Where the rest is, when there are more games than one answer holds */
            readonly moreGames: string | null;
        };
        readonly Blocks: {
            /** @description User ids, in the order of blocking */
            readonly blocked: readonly string[];
        };
        readonly ProfileChange: {
            /**
             * @description 1 to 32 visible characters
             * @example Ana
             */
            readonly displayName?: string;
            /**
             * @description Unique; not for guests
             * @example ana_42
             */
            readonly username?: string | null;
            /** @description An https URL */
            readonly avatarUrl?: string | null;
            /**
             * @description One of those that the platform has
             * @example local
             */
            readonly region?: string;
        };
        /**
         * @example {
         *       "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
         *       "otpauthUri": "otpauth://totp/Oxo:Ana?issuer=Oxo&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30"
         *     }
         */
        readonly SecondFactorEnrolment: {
            /** @description Base 32, for apps without a camera */
            readonly secret: string;
            /** @description For a QR code */
            readonly otpauthUri: string;
        };
        readonly SecondFactorToken: {
            /** @description Names `otp` in `amr`; so do those of later refreshes of this session */
            readonly accessToken: string;
            /**
             * @description Seconds
             * @example 900
             */
            readonly expiresIn: number;
        };
        readonly SecondFactorCode: {
            /** @example 287082 */
            readonly code: string;
        };
        /**
         * @example {
         *       "userId": "kVqH3W1pT5aYk2b0dE8xQg",
         *       "name": "Ana",
         *       "username": "ana_42",
         *       "avatarUrl": "https://pictures.example/ana.png",
         *       "guest": false,
         *       "createdAt": "2026-01-31T12:00:00.000Z"
         *     }
         */
        readonly AdminUser: components["schemas"]["Me"] & {
            /** @enum {string} */
            readonly state: "active" | "banned" | "deleted";
            /** Format: date-time */
            readonly updatedAt: string;
            /** @description A second factor is in use */
            readonly secondFactor: boolean;
            /** @description Open now */
            readonly sessions: number;
            /** @enum {string} */
            readonly doing: "idle" | "queued" | "playing";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly signInAsGuest: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": components["schemas"]["GuestRequest"];
            };
        };
        readonly responses: {
            /** @description A new guest */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly refresh: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        readonly responses: {
            /** @description The same user with fresh tokens */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly logout: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": components["schemas"]["LogoutRequest"];
            };
        };
        readonly responses: {
            /** @description Ended */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly listProviders: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description In the order of their buttons */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Providers"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly issueNonce: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description To be asked for at the provider */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Nonce"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly login: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["LoginRequest"];
            };
        };
        readonly responses: {
            /** @description The account of that person, new if need be */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: forget the game or code */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly beginLogin: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the guest is kept who becomes the account */
                readonly cookie?: "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "account";
                /** @description Path of this origin */
                readonly returnTo?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly provider: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description On to `location` */
            readonly 303: {
                headers: {
                    readonly location?: string;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `NOT_FOUND`: forget the game or code */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly endLogin: {
        readonly parameters: {
            readonly query?: {
                readonly code?: string;
                readonly state?: string;
                readonly error?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description On to `location` */
            readonly 303: {
                headers: {
                    readonly location?: string;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly readKeys: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A JWK set */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JsonWebKeySet"];
                };
            };
        };
    };
    readonly readMe: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The account of the access token or key */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Me"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: forget the game or code */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly deleteMe: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `ALREADY_PLAYING`: go to the game in details */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly exportMe: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Account, sessions, statistics, games, blocks and keys */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Export"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly readBlocks: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Up to 100 */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Blocks"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly blockUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Opaque */
                readonly userId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly unblockUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Opaque */
                readonly userId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly readUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Opaque */
                readonly userId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The player */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PublicUser"];
                };
            };
            /** @description `NOT_FOUND`: forget the game or code */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly changeUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Opaque */
                readonly userId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ProfileChange"];
            };
        };
        readonly responses: {
            /** @description The account as it is now */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Me"];
                };
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `STALE`: watch again */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly enrolSecondFactor: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description For an authenticator app */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SecondFactorEnrolment"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly verifySecondFactor: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["SecondFactorCode"];
            };
        };
        readonly responses: {
            /** @description A token that may enter /admin, if its user is an admin */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SecondFactorToken"];
                };
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly readAccount: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Opaque */
                readonly userId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The account */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AdminUser"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: forget the game or code */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly banUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Opaque */
                readonly userId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The account */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AdminUser"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: forget the game or code */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly unbanUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Opaque */
                readonly userId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The account */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AdminUser"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: forget the game or code */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly readHistory: {
        readonly parameters: {
            readonly query?: {
                /** @description Games of one page at most */
                readonly limit?: number;
                /** @description `cursor` of the page before; absent: the first page */
                readonly cursor?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly userId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page; empty for who has finished no game */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["History"];
                };
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: forget the game or code */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly readRecordKeys: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A JWK set, the key that signs now first */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RecordKeys"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly listKeys: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Without the keys themselves */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKeys"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly createKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["NewApiKey"];
            };
        };
        readonly responses: {
            /** @description The key */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CreatedApiKey"];
                };
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly readKeySelf: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The key */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKeySelf"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly removeKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly keyId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: forget the game or code */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly readUserStats: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly userId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description All zero before the first game that counts */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UserStats"];
                };
            };
            /** @description `NOT_FOUND`: forget the game or code */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly readLeaderboard: {
        readonly parameters: {
            readonly query?: {
                /** @description Players of one page at most */
                readonly limit?: number;
                /** @description `cursor` of the page before; absent: the first page */
                readonly cursor?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page; whoever has finished a game that counts is on one */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Leaderboard"];
                };
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly createGame: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description Names this request, so that a repeat makes no second game: 1 to 64 printable ASCII characters
                 * @example 0b7c0f5e-6a5e-4f0e-9f0a-2f8f6f1f9d11
                 */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["NewGame"];
            };
        };
        readonly responses: {
            /** @description The game, or the invite when a private game was asked for without a code */
            readonly 201: {
                headers: {
                    /** @description Path of the game; absent for an invite */
                    readonly location?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Game"] | components["schemas"]["Invite"];
                };
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: forget the game or code */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `ALREADY_PLAYING`: go to the game in details */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly readGame: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Opaque; names the game everywhere */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The game */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WatchedGame"];
                };
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: forget the game or code */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly forfeitGame: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Opaque; names the game everywhere */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The game, lost */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Game"];
                };
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: forget the game or code */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `GAME_OVER`: watch again */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly playMove: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Opaque; names the game everywhere */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["NewMove"];
            };
        };
        readonly responses: {
            /** @description The game after the move; against a bot, with its answer if that was quick */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Game"];
                };
            };
            /** @description `BAD_REQUEST`: fix the client */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAUTHENTICATED`: sign in again */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `FORBIDDEN`: stop */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: forget the game or code */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_YOUR_TURN`: wait for its turn; `STALE`: watch again; `GAME_OVER`: watch again */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `INVALID_MOVE`: choose another cell */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMITED`: wait retryAfterMs */
            readonly 429: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: wait retryAfterMs, then repeat */
            readonly 503: {
                headers: {
                    /** @description Least delay before the next try, in seconds */
                    readonly "retry-after"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readonly readHealth: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Ready */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Not ready: `status` says why */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
}
